# shellcheck shell=bash disable=SC2086,SC2154
# psql COPY | psql COPY, text, one pipe
# within one database; the target has one column more than the source
psql -c "COPY (SELECT *, 'company' FROM $SOURCE) TO STDOUT" |
  psql -c "COPY $TARGET FROM STDIN"
