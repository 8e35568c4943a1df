#!/usr/bin/env bash
# The server is stopped at once (pg_ctl -m immediate) in the middle of a plan and of its undo, and
# started again: the same command ends as if nothing had been. On a server with default durability.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"
# shellcheck source=scripts/lib.sh
source "$SCRIPTS/lib.sh"

PROGRAM=$(command -v regraft)
PLAN=$SCRIPTS/../tests/apply/second_schema.yaml
SCHEMA=$SCRIPTS/../tests/apply/second_schema.sql

start_server() {
  local exports
  exports=$("$SCRIPTS/private-postgres" start --set autovacuum=off) || return
  eval "$exports"
  export PGHOST PGPORT PGUSER PGDATABASE PRIVATE_POSTGRES_DIR
}
stop_server() { "$SCRIPTS/private-postgres" stop "$PRIVATE_POSTGRES_DIR"; }

# With the command line that the server was started with.
crash() {
  local -a identity=()
  ((EUID != 0)) || identity=(setpriv "--reuid=$(stat -c %u "$PRIVATE_POSTGRES_DIR/data")"
    "--regid=$(stat -c %g "$PRIVATE_POSTGRES_DIR/data")" --clear-groups --)
  (cd / && env -i PATH="$(find_postgres_bin ''):/usr/bin:/bin" LC_ALL=C.UTF-8 HOME=/ TZ=UTC "${identity[@]}" \
    pg_ctl restart --mode=immediate --wait --pgdata="$PRIVATE_POSTGRES_DIR/data" --log="$PRIVATE_POSTGRES_DIR/log")
}

query() { psql -XqAt -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
regraft() { env -u DATABASE_URL PGDATABASE="$DATABASE" "$PROGRAM" "$@"; }

# Everything but the ledger: the structure, and each table's rows whatever their order.
state() {
  pg_dump --schema-only --exclude-schema=regraft "$1" | grep -v '^.\(un\)\?restrict ' &&
    psql -XqAt -v ON_ERROR_STOP=1 -d "$1" <<'SQL'
SELECT format('SELECT %L, count(*), md5(string_agg(t::text, ''|'' ORDER BY t::text)) FROM %I.%I t', c.oid::regclass, nspname, relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema|regraft)' ORDER BY nspname, relname \gexec
SQL
}

# A copy of the original whose plan is approved, as DATABASE.
make_database() {
  DATABASE=$1
  query postgres "CREATE DATABASE \"$1\" TEMPLATE original" &&
    regraft plan "$PLAN" -o "$WORK/$1.json" >"$WORK/plan.log" && regraft approve "$WORK/$1.json" --by Grace
}

make_original() {
  query postgres "CREATE DATABASE original" && psql -qX -o /dev/null -v ON_ERROR_STOP=1 -d original -f "$SCHEMA" &&
    state original >"$WORK/before" && make_database reference && regraft apply "$WORK/reference.json" --yes &&
    state reference >"$WORK/after"
}

# Waits inside the server: a plan is over before a client has asked twice.
await_actions() {
  query "$DATABASE" "DO \$\$ DECLARE reached bigint; BEGIN
    FOR attempt IN 1..30000 LOOP
      SELECT count(*) INTO reached FROM regraft.plan_action WHERE state = '$1';
      IF reached >= $2 THEN RETURN; END IF;
      PERFORM pg_sleep(0.001);
    END LOOP;
    RAISE 'no plan has come to $2 actions $1'; END \$\$"
}

# dies_in VERB STATE COUNT: with so many actions in that state; then the same command again.
dies_in() {
  local program code=0
  regraft "$1" "$WORK/$DATABASE.json" --yes >"$WORK/dies.log" 2>&1 &
  program=$!
  await_actions "$2" "$3" || return
  kill -STOP "$program"
  query "$DATABASE" "SELECT string_agg(action_id || ' ' || state, ', ' ORDER BY position) FROM regraft.plan_action"
  crash || return
  kill -CONT "$program"
  wait "$program" || code=$?
  cat "$WORK/dies.log"
  ((code == 1)) || { echo "exit $code instead of 1" && return 1; }
  regraft "$1" "$WORK/$DATABASE.json" --yes
}

survives() {
  make_database "crash$1" || return
  dies_in apply "done" "$1" && state "$DATABASE" | diff "$WORK/after" - &&
    dies_in undo undone "$1" && state "$DATABASE" | diff "$WORK/before" -
}

start_server || exit
trap 'stop_server >/dev/null 2>&1; rm -rf -- "$WORK"' EXIT
check "the plan without any crash" make_original
# Behind the merges the rest is done sooner than anybody can stop the program.
for count in 1 3 5 6; do
  check "a server that is stopped at action $count of apply and of undo" survives "$count"
done
finish
