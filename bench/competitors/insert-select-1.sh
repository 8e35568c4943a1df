# shellcheck shell=bash disable=SC2086,SC2154
# INSERT … SELECT, one connection
# within one database; the target has one column more than the source
psql -c "INSERT INTO $TARGET SELECT *, 'company' FROM $SOURCE"
