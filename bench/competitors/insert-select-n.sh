# shellcheck shell=bash disable=SC2086,SC2154
# INSERT … SELECT, one connection per core
# within one database; the target has one column more than the source
for ((i = 0; i < CORES; i++)); do
  from="($((BLOCKS * i / CORES)),0)" to="($((BLOCKS * (i + 1) / CORES)),0)"
  psql -c "INSERT INTO $TARGET SELECT *, 'company' FROM $SOURCE WHERE ctid >= '$from' AND ctid < '$to'" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done
