# shellcheck shell=bash disable=SC2086,SC2154
# EXCEPT ALL both ways, on two connections at once
# within one database, on a table that INSERT … SELECT has just loaded
columns=$(psql -Atc "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                     WHERE attrelid = '$SOURCE'::regclass AND attnum > 0 AND NOT attisdropped")
PGOPTIONS='-c work_mem=256MB'
export PGOPTIONS
psql -c "SELECT count(*) FROM (SELECT $columns FROM $SOURCE EXCEPT ALL SELECT $columns FROM $TARGET) AS d" &
jobs+=($!)
psql -c "SELECT count(*) FROM (SELECT $columns FROM $TARGET EXCEPT ALL SELECT $columns FROM $SOURCE) AS d" &
jobs+=($!)
for job in "${jobs[@]}"; do wait "$job"; done
