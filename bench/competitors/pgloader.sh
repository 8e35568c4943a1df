# shellcheck shell=bash disable=SC2086,SC2154
# pgloader
# between two databases; it cannot add a column
cat >"$WORK/pgloader.load" <<COMMANDS
LOAD DATABASE FROM pgsql://postgres@unix:$PGHOST:$PGPORT/$SOURCE_DATABASE
     INTO pgsql://postgres@unix:$PGHOST:$PGPORT/$COPY_DATABASE
WITH include drop, create tables, reset no sequences, workers = 4, concurrency = 2
INCLUDING ONLY TABLE NAMES MATCHING 'company_source_urls' IN SCHEMA 'app';
COMMANDS
pgloader "$WORK/pgloader.load"
