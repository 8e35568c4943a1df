# shellcheck shell=bash
# The part of scripts/demo in which the approved plan is executed, proved, reported, taken back and executed again,
# sourced by it. Its functions use what scripts/demo and scripts/demo-plan.sh define and set.

# Rows of every table, for the tables that rows are merged into: how many came is the difference.
note_counts() { ask "SELECT relation || ' ' || n FROM ($(of_each_table 'count(*)')) AS tables" | sort >"$1"; }

# What a reader wants of a line per action: the first two of each kind.
show_actions() {
  awk -F': ' '{ split($2, word, " "); if (++n[word[1]] <= 2) print "  " $0; else more++ }
              END { if (more) print "  ... and " more " more" }' "$WORK/out" | cut -c1-118
}

seconds_of() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", to - from }'; }

execute_plan() {
  local started=$EPOCHREALTIME
  show_expecting 0 apply answered.json --yes
  show_actions
  tell "  exit code 0, $(seconds_of "$started")"
  check_accounting
}

# The ledger's equation of each merge, against count(*) of the tables: the source (by its OID, wherever it is now), the
# remainder, and what came into each target.
check_accounting() {
  local told
  note_counts "$WORK/counts-after"
  told=$(ask "
    WITH merged AS (SELECT a.*, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s',
        source_oid::regclass), false, true, '')))[1]::text::bigint AS counted,
        CASE WHEN remainder_table IS NULL THEN 0 ELSE (xpath('/row/n/text()', query_to_xml(
          'SELECT count(*) AS n FROM ' || remainder_table, false, true, '')))[1]::text::bigint END AS aside
      FROM regraft.plan_action AS a
      WHERE run_id = (SELECT max(run_id) FROM regraft.plan_run) AND kind LIKE 'merge%' AND state = 'done')
    SELECT format('%s merges: %s rows = %s in their targets + %s set aside', count(*), sum(rows_source), sum(rows_target),
             sum(rows_remainder)) || '|' || bool_and(rows_source = counted AND rows_remainder = aside
             AND rows_source = rows_target + rows_remainder AND source_digest = rebuilt_digest)
    FROM merged")
  [[ $told == *'|true' ]] || die "the ledger's accounting is not what count(*) says: $told"
  [[ $(came_by_ledger) == "$(came_by_count)" ]] || die "other rows came into the targets than the ledger says"
  tell "  checked    ${told%|*}; each by count(*)"
}

# "table rows" of every target of a merge: those that the ledger counts, and those that the table has gained.
came_by_ledger() {
  ask "SELECT target || ' ' || sum(rows_target) FROM regraft.plan_action WHERE run_id = (SELECT max(run_id)
       FROM regraft.plan_run) AND kind = 'merge' AND state = 'done' GROUP BY target HAVING sum(rows_target) > 0
       ORDER BY target COLLATE \"C\""
}
came_by_count() {
  join -j 1 "$WORK/counts-before" "$WORK/counts-after" | awk '$3 > $2 { print $1, $3 - $2 }' | LC_ALL=C sort
}

verify_plan() {
  local started=$EPOCHREALTIME
  heading "Proved again, by another path"
  show_expecting 0 verify answered.json --receipt receipts.json
  tail -n 4 "$WORK/out" | sed 's/^/  /'
  tell "  exit code 0, $(seconds_of "$started"): each source rebuilt from targets and remainders, and compared"
  show_expecting 0 verify --against receipts.json
  sed -n '/^all: /,$p' "$WORK/out" | sed 's/^/  /'
}

report_plan() {
  heading "What there is to show"
  show_expecting 0 report answered.json
  sed -n '1,12p' "$WORK/out" | cut -c1-118 | sed 's/^/  /'
  tell "  ..."
  show_expecting 0 report answered.json --format html -o report.html
  show_expecting 0 report answered.json --columns columns.csv -o report.txt
  [[ -s $FILES/report.html && -s $FILES/columns.csv ]] || die "regraft report wrote no page or no inventory"
  tell "  one page of $(wc -c <"$FILES/report.html") bytes for a browser; an inventory of $(($(wc -l <"$FILES/columns.csv") - 1)) columns"
}

# $1: everything as it was before.
undo_plan() {
  local started=$EPOCHREALTIME now
  heading "All of it is taken back"
  show_expecting 0 undo answered.json --yes
  show_actions
  tell "  exit code 0, $(seconds_of "$started")"
  now=$(everything)
  [[ $now == "$1" ]] || die "after the undo the database is not as before: $1, now $now"
  tell "  checked    digests of all rows of all tables, and of the catalog as pg_dump writes it, are those of before"
}

apply_again() {
  heading "Approved and executed again"
  show_expecting 3 apply answered.json --yes
  folded <"$WORK/words"
  tell "  exit code 3: one approval, one run"
  show_expecting 0 approve answered.json --by grace
  execute_plan
}

# What keeps the result true: the plan's checks of the data, the registry, and the lock that apply ended with.
keep_it_true() {
  local table
  heading "It stays true"
  # The plan's counts are those of the document, at full scale.
  show_expecting "$([[ $SCALE == 1 ]] && echo 0 || echo 2)" audit plan.yaml
  [[ $SCALE == 1 ]] || tell "  exit code 2: at scale $SCALE the tables have other counts than the document"
  tail -n 3 "$WORK/out" | cut -c1-118 | sed 's/^/  /'
  show_expecting 0 registry
  sed -n '1,10p' "$WORK/out" | cut -c1-118 | sed 's/^/  /'
  tell "  ..."
  table=archive.nobody_registered_this
  tell "  CREATE TABLE $table (id int)"
  ask "CREATE TABLE $table (id int)" >"$WORK/out" 2>&1 && die "the lock let $table in"
  sed -n 's/^ERROR: */  /p; s/^HINT: */  /p' "$WORK/out" | folded
  show_expecting 0 lock --test
  tail -n 4 "$WORK/out" | cut -c1-118 | sed 's/^/  /'
  show_expecting 0 lock --check
  sed 's/^/  /' "$WORK/out"
}

# The 30 tables that were empty on the document's day are full, and so are other ways through the plan.
populated_story() {
  local before
  heading "The same on a database in which no table is empty"
  # shellcheck disable=SC2034 # scripts/demo and its other parts read it
  EXAMPLE_DATABASE=$POPULATED_DATABASE
  export PGDATABASE=$POPULATED_DATABASE
  query postgres "CREATE DATABASE $POPULATED_DATABASE"
  quietly "$REPO_ROOT/scripts/load-example" --scale "$SCALE" --populate --quiet
  sed '/^ *expect_rows:/d' "$FILES/plan.yaml" >"$FILES/populated.yaml"
  before=$(everything)
  note_counts "$WORK/counts-before"
  show_expecting 0 plan populated.yaml --prove-mapping -o answered.json --as planner
  show_expecting 0 approve answered.json --by grace
  execute_plan
  verify_plan
  undo_plan "$before"
}

apply_story() {
  local before
  heading "The plan is executed"
  before=$(everything)
  note_counts "$WORK/counts-before"
  execute_plan
  verify_plan
  report_plan
  undo_plan "$before"
  apply_again
  keep_it_true
}
