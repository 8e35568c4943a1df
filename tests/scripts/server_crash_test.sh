#!/usr/bin/env bash
# The server itself crashes, in the middle of a copy and right after one: what was reported as done
# is there, and the same command ends exactly. On a server with default durability.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

PROGRAM=$(command -v regraft)
ROWS=400000

# The WAL writer sleeps: whatever no commit has waited for is lost in a crash.
start_server() {
  local exports
  exports=$("$SCRIPTS/private-postgres" start --set wal_writer_delay=10s \
    --set wal_writer_flush_after=1GB --set wal_buffers=64MB --set checkpoint_timeout=1h --set autovacuum=off) || return
  eval "$exports"
  export PGHOST PGPORT PGUSER PGDATABASE PRIVATE_POSTGRES_DIR
}
stop_server() { "$SCRIPTS/private-postgres" stop "$PRIVATE_POSTGRES_DIR"; }

query() { psql -XqAtc "$1"; }
COPY=(copy app.source app.target --set origin=x --chunk-bytes 64KiB --jobs 2)
copy() { env -u DATABASE_URL "$PROGRAM" "${COPY[@]}" "$@"; }

make_tables() {
  query "CREATE SCHEMA app;
    CREATE TABLE app.source AS SELECT i AS id, 'name ' || i AS name, i / 8.0 AS amount
      FROM generate_series(1, $ROWS) AS i;
    CREATE TABLE app.target (LIKE app.source, origin text);
    INSERT INTO app.target SELECT *, 'y' FROM app.source LIMIT 1000; CHECKPOINT"
}

exact() {
  [[ $(query "SELECT (SELECT count(*) FROM (SELECT id, name, amount::text FROM app.source EXCEPT ALL
      SELECT id, name, amount::text FROM app.target WHERE origin = 'x') a) || ' ' ||
      (SELECT count(*) FROM app.target WHERE origin = 'x') || ' ' ||
      (SELECT count(*) FROM app.target WHERE origin = 'y')") == "0 $ROWS 1000" ]]
}

# A process of the server dies hard, and it begins anew from what its log has.
crash() {
  kill -KILL "$(query "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")"
  eventually query "SELECT 1" >/dev/null 2>&1
}
# Waits inside the server: a copy is over before a client has asked twice.
await_chunks() {
  query "DO \$\$ DECLARE done bigint; BEGIN
    FOR attempt IN 1..30000 LOOP
      IF to_regclass('regraft.worker') IS NOT NULL THEN
        SELECT count(*) INTO done FROM regraft.chunk_done JOIN regraft.run USING (run_id) WHERE state = 'copying';
        IF done >= $1 THEN RETURN; END IF;
      END IF;
      PERFORM pg_sleep(0.001);
    END LOOP;
    RAISE 'no copy has come to $1 chunks'; END \$\$"
}

# crashes_at CHUNKS: in the middle of a copy; the same command again then ends it.
crashes_at() {
  local program code=0 done_before lost
  env -u DATABASE_URL "$PROGRAM" "${COPY[@]}" >"$WORK/copy.log" 2>&1 &
  program=$!
  await_chunks "$1" || return
  # Stopped, so that what is counted is what can be lost.
  kill -STOP "$program"
  done_before=$(query "SELECT count(*) FROM regraft.chunk_done")
  crash || return
  kill -CONT "$program"
  wait "$program" || code=$?
  cat "$WORK/copy.log"
  ((code == 1)) || { echo "exit $code instead of 1" && return 1; }
  lost=$((done_before - $(query "SELECT count(*) FROM regraft.chunk_done")))
  echo "$lost of $done_before chunks were lost in the crash"
  echo "$(($(cat "$WORK/lost") + lost))" >"$WORK/lost"
  copy && exact && copy --discard
}
copy_and_discard() { copy && exact && copy --discard; }
some_were_lost() { cat "$WORK/lost" && (($(cat "$WORK/lost") > 0)); }

outlives_a_crash() { copy "$@" && crash && exact && copy "$@"; }

start_server || exit
trap 'stop_server >/dev/null 2>&1; rm -rf -- "$WORK"' EXIT
make_tables
echo 0 >"$WORK/lost"
check "copy and discard before any crash" copy_and_discard
check "a crash in the first chunks is survived" crashes_at 1
check "a crash in the middle is survived" crashes_at 60
check "a crash near the end is survived" crashes_at 150
check "the crashes lost chunks that were not durable yet" some_were_lost
check "what was reported as verified outlives a crash" outlives_a_crash
check "and can be taken back" copy --discard
check "what was reported without verification outlives a crash" outlives_a_crash --no-verify
finish
