# shellcheck shell=bash disable=SC2086,SC2154
# psql COPY | psql COPY, binary, one pipe
# within one database; the target has one column more than the source
psql -c "COPY (SELECT *, 'company'::varchar FROM $SOURCE) TO STDOUT (FORMAT binary)" |
  psql -c "COPY $TARGET FROM STDIN (FORMAT binary)"
