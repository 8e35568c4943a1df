# shellcheck shell=bash disable=SC2086,SC2154
# sums of server-side row hashes, on two connections at once
# within one database, on a table that INSERT … SELECT has just loaded
columns=$(psql -Atc "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                     WHERE attrelid = '$SOURCE'::regclass AND attnum > 0 AND NOT attisdropped")
for table in "$SOURCE" "$TARGET"; do
  psql -c "SELECT count(*), sum(hash_record_extended(ROW($columns), 0)::numeric) FROM $table" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done
