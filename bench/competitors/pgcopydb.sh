# shellcheck shell=bash disable=SC2086,SC2154
# pgcopydb clone, the table split
# between two databases; it cannot add a column
pgcopydb clone --source "$SOURCE_URI" --target "$COPY_URI" --dir "$WORK/pgcopydb" \
  --table-jobs 2 --index-jobs 2 --split-tables-larger-than 100MB --skip-extensions
