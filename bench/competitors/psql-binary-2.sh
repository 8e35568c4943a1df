# shellcheck shell=bash disable=SC2086,SC2154
# psql COPY | psql COPY, binary, two pipes by ctid halves
# within one database; the target has one column more than the source
for half in "< '($((BLOCKS / 2)),0)'" ">= '($((BLOCKS / 2)),0)'"; do
  (psql -c "COPY (SELECT *, 'company'::varchar FROM $SOURCE WHERE ctid $half) TO STDOUT (FORMAT binary)" |
    psql -c "COPY $TARGET FROM STDIN (FORMAT binary)") &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done
