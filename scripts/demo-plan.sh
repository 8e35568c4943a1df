# shellcheck shell=bash
# The first half of scripts/demo, sourced by it: from the document that people wrote to a plan that
# people approve. Its functions use what scripts/demo defines and sets: PROGRAM, WORK, SCALE,
# EXAMPLE_DATABASE and the helpers. Documents, plans and saved plans lie in $FILES.

# The one line that the fictitious people of this story work on, and the table it is about.
readonly LINE=1B-3

# --- running and showing -------------------------------------------------------------------------

# Runs regraft in $FILES: stdout to $WORK/out, stderr to $WORK/words. Another exit code than $1 ends the demo.
run_expecting() {
  local expected=$1 code=0
  shift
  (cd -- "$FILES" && exec "$PROGRAM" "$@") >"$WORK/out" 2>"$WORK/words" </dev/null || code=$?
  if ((code != expected)); then
    tail -n 20 "$WORK/words" "$WORK/out" >&2
    die "regraft $1 must be answered by exit code $expected, not $code"
  fi
}

# The same, with the command shown; without the figures of --json, which are for this script.
show_expecting() {
  show_command "${@:2}"
  run_expecting "$@"
}

# For texts that are not broken into lines of a terminal.
folded() { fold -s -w 96 | sed -E '2,$s/^/    /; s/^/  /; s/ +$//'; }

# Of a plan's text: the part of an action, the summary, the same in one line, and what follows.
block_of() { sed -n "/^$1: /,/^\$/p" "$WORK/out" | sed '/^$/d; s/^/  /'; }
show_summary() { sed -n '/^summary /,/^SHA-256 /p' "$WORK/out" | sed '$d; s/^/  /'; }
summary_text() { show_summary | tr -s ' \n' ' '; }
tail_of_plan() { sed -n '/^SHA-256 /,$p' "$WORK/out" | sed '/^$/d; s/^/  /'; }

# SQL on stdin against the example; there :'report' is the JSON document in file $1. By psql's
# backquotes: a saved plan is too long for an argument of a command.
ask_about() {
  # shellcheck disable=SC2016 # psql's shell expands it
  { printf '\\set report `cat "$REPORT"`\n' && cat; } |
    REPORT=$1 psql -X -q -At -v ON_ERROR_STOP=1 -d "$EXAMPLE_DATABASE" "${@:2}"
}

# --- what is compared with -----------------------------------------------------------------------

# SQL: name, as plans write it, and $1 of each table that is not regraft's own; $1 is an aggregate over rows t.
of_each_table() {
  printf "SELECT nspname || '.' || relname AS relation, (xpath('/row/n/text()', query_to_xml(
            format('SELECT %s AS n FROM %%s AS t', c.oid::regclass), false, true, '')))[1]::text AS n
          FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = relnamespace
          WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema$|regraft$)'" "$1"
}

# All that is in the database but for schema regraft: its catalog as pg_dump writes it (newer ones with a random
# word in \restrict), and the rows of every table.
everything() {
  printf '%s ' "$(pg_dump --schema-only --exclude-schema=regraft "$EXAMPLE_DATABASE" |
    grep -v '^[\]' | md5sum | cut -d' ' -f1)"
  ask "SELECT count(*) || ' ' || sum(split_part(n, ' ', 1)::bigint) || ' '
              || md5(string_agg(relation || ' ' || n, ',' ORDER BY relation COLLATE \"C\"))
       FROM ($(of_each_table "count(*) || '' '' || coalesce(sum(hashtextextended(t::text, 0)), 0)")) AS tables"
}

# The document and its plan. At another scale the large tables have other counts than the document
# says: the plan then expects those that the database has.
prepare_files() {
  cp -- "$REPO_ROOT"/docs/examples/ctb/{reorganization-plan.md,plan.yaml} "$FILES"
  [[ $SCALE != 1 ]] || return 0
  ask "SELECT relation || ' ' || n FROM ($(of_each_table 'count(*)')) AS tables" >"$WORK/counts"
  awk 'NR == FNR { rows[$1] = $2; next } /^- [a-z_]+: / { table = $3 }
       /^  expect_rows: / { sub(/[0-9]+/, rows[table]) } 1' "$WORK/counts" \
    "$REPO_ROOT/docs/examples/ctb/plan.yaml" >"$FILES/plan.yaml"
  tell "At scale $SCALE plan.yaml expects the rows that the tables have, not those of the document."
}

# What a reader counts: lines of the document with a table in phase 1, and the plan's actions of kind $1.
lines_of_document() {
  awk '/^## / { phase = $3 } phase ~ /^1/ && /^\| `[a-z_]+\.[a-z0-9_]+` \|/' "$FILES/reorganization-plan.md" | wc -l
}
actions_of_kind() { grep -c "^- $1: " "$FILES/plan.yaml"; }

# "kind declared itemised": declared by the document's summary, itemised in the complete plan; the total
# as the document says it, and as it has lines.
kinds_by_hand() {
  local kind declared document=$FILES/reorganization-plan.md
  while read -r kind declared; do
    tell "${kind,,} $declared $(actions_of_kind "${kind,,}")"
  done < <(sed -nE 's/^\| ([A-Z_]+) \| ([0-9]+) \|.*/\1 \2/p' "$document")
  tell "total $(sed -nE 's/.*\*\*TOTAL\*\* \| \*\*([0-9]+)\*\*.*/\1/p' "$document") $(lines_of_document)"
}

# The same from the program's report.
imported_kinds() {
  ask_about "$WORK/import.json" <<'SQL'
    SELECT format('%s %s %s', k->>'kind', k->>'declared', k->>'itemised')
    FROM jsonb_array_elements(:'report'::jsonb->'kinds') WITH ORDINALITY AS kinds(k, n) ORDER BY n;
    SELECT format('total %s %s', report->>'declared', report->>'itemised') FROM (SELECT :'report'::jsonb) AS t(report);
SQL
}

# The first two lines of a plan's summary, without the bytes, from the plan file and plain SQL.
expected_summary() {
  local kind actions kinds='' pending sources
  actions=$(lines_of_document)
  for kind in archive merge merge_jsonb merge_cols move add_pk keep_as_mv pending; do
    kinds+="${kinds:+, }$(actions_of_kind "$kind") $kind"
  done
  pending=$(actions_of_kind pending)
  sources=$(sed -nE 's/^- merge(_jsonb|_cols)?: ([^ ]+).*/SELECT count(*) AS n FROM \2/p' "$FILES/plan.yaml")
  printf '%s actions: %s %s ready, %s blocked, 0 refused; %s rows, ' "$actions" "$kinds" \
    $((actions - pending)) "$pending" \
    "$(ask "SELECT to_char(sum(n), 'FM999,999,999') FROM (${sources//$'\n'/ UNION ALL }) AS sources")"
}

# --- the parts -----------------------------------------------------------------------------------

import_document() {
  heading "The document that people wrote becomes a plan file"
  show_command import reorganization-plan.md '>' imported.yaml
  run_expecting 2 import reorganization-plan.md
  mv -- "$WORK/out" "$FILES/imported.yaml"
  sed '/^$/,$d; s/^/  /' "$WORK/words"
  tell "  ..."
  grep -E ': (kind-differs|merge-into-mv|deletion): ' "$WORK/words" | awk -F: '!seen[$3]++' |
    while IFS= read -r finding; do folded <<<"$finding"; done
  tell "  ..."
  tail -n 1 "$WORK/words" | folded
  tell "  exit code 2: counts that differ and open questions are for people"

  run_expecting 2 import reorganization-plan.md --json
  cp -- "$WORK/out" "$WORK/import.json"
  [[ $(imported_kinds) == "$(kinds_by_hand)" ]] ||
    die "regraft import counts other kinds than the document's summary and the complete plan have"
  tell "  checked    counted by grep in the document and in plan.yaml, each kind and the totals are the same"
}

# Source columns that have no name in the target and demanded target columns that have none in the
# source, as pg_attribute tells, beside those that the program refuses, of merges without a todo.
homeless_sql() {
  cat <<'SQL'
    WITH action AS (SELECT (a->>'source')::regclass AS source, (a->>'target')::regclass AS target,
        jsonb_path_query_array(a, 'strict $.findings[*] ? (@.code == "no-home").text') AS texts
      FROM jsonb_array_elements(:'report'::jsonb->'actions') AS a
      WHERE a->>'kind' = 'merge' AND NOT a->'findings' @> '[{"code": "todo"}]'),
    column_of AS (SELECT attrelid, attname, attnotnull AND NOT atthasdef AND attidentity = '' AS demanded
      FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped)
    SELECT (SELECT count(*) FROM action, column_of AS c WHERE attrelid = source AND NOT EXISTS (
              SELECT FROM column_of AS t WHERE t.attrelid = target AND t.attname = c.attname))
           = count(*) FILTER (WHERE text LIKE 'source column %')
       AND (SELECT count(*) FROM action, column_of AS c WHERE attrelid = target AND demanded AND NOT EXISTS (
              SELECT FROM column_of AS s WHERE s.attrelid = source AND s.attname = c.attname))
           = count(*) FILTER (WHERE text LIKE 'target column %')
       AND count(*) > 0
    FROM action, jsonb_array_elements_text(texts) AS text
SQL
}

refuse_imported() {
  heading "What the document does not say is refused, all of it in one run"
  show_expecting 78 plan imported.yaml -o imported.json
  block_of "$LINE"
  show_summary
  tell "  exit code 78: nothing is planned, nothing is saved"
  [[ ! -e $FILES/imported.json ]] || die "a refused plan was saved"
  check_refusals "$(summary_text | grep -oE '[0-9]+ refusals')"
}

# $1: as many as the text tells.
check_refusals() {
  run_expecting 78 plan imported.yaml --json
  [[ $(ask_about "$WORK/out" <<'SQL'
    SELECT count(*) || ' refusals ' || count(*) FILTER (WHERE f->>'code' = 'todo')
    FROM jsonb_path_query(:'report'::jsonb, 'strict $.** ? (@.kind == "refusal")') AS f
SQL
  ) == "$1 $(ask_about "$WORK/import.json" <<<"SELECT jsonb_array_length(:'report'::jsonb->'todos')")" ]] ||
    die "regraft plan refuses other todos than regraft import leaves, or miscounts its refusals"
  [[ $(homeless_sql | ask_about "$WORK/out") == t ]] ||
    die "regraft plan refuses other columns without a home than pg_attribute has"
  tell "  checked    each todo of the import is one; columns without a home are as many as pg_attribute has"
}

plan_example() {
  heading "The complete plan"
  show_expecting 0 plan plan.yaml --prove-mapping -o saved.json --as planner
  block_of "$LINE" | awk '/^ +columns /, /^ +filled / { if (/overflow/ && ++n > 2) { dots = 1; next } }
                          dots { print "               ..."; dots = 0 } 1'
  tell "  ..."
  show_summary
  sed -n '/^undecided/,$p' "$WORK/out" | sed 's/^/  /'
  tell "  exit code 0"
  [[ $(summary_text) == *" $(expected_summary)"* ]] ||
    die "the summary of regraft plan is not: $(expected_summary)"
  check_saved saved.json
}

# Each action's rows by count(*), the proofs of mappings, and the SHA-256 by sha256sum.
check_saved() {
  local told
  told=$(ask_about "$FILES/$1" <<'SQL'
    WITH action AS (SELECT a, (xpath('/row/n/text()', query_to_xml(
        format('SELECT count(*) AS n FROM %s', a->>'source'), false, true, '')))[1]::text::bigint AS counted
      FROM jsonb_array_elements(:'report'::jsonb->'actions') AS a)
    SELECT format('rows of %s sources by count(*), %s in all; %s mappings proved', count(*), sum(counted),
             count(*) FILTER (WHERE (a->>'proved')::boolean)),
           bool_and(counted = (a->>'rows')::bigint AND NOT (a->>'estimated')::boolean
             AND (a->>'proved')::boolean = (a->>'kind' LIKE 'merge%')) FROM action
SQL
  )
  [[ $told == *'|t' ]] || die "$1 has other rows than SQL counts, or unproved mappings: $told"
  [[ $(sha_of "$1") == "$(grep -v '^  "sha256": ' "$FILES/$1" | sha256sum | cut -d' ' -f1)" ]] ||
    die "$1 has not the SHA-256 that it says"
  tell "  checked    ${told%|t}; SHA-256 by sha256sum"
}

sha_of() { sed -n 's/^  "sha256": "\([0-9a-f]*\)",*$/\1/p' "$FILES/$1"; }

# Without the overflow column most source columns would be lost.
refuse_changed() {
  heading "One line less, and the plan is refused"
  sed "/id: $LINE\$/,/^\$/{/^  overflow: /d}" "$FILES/plan.yaml" >"$FILES/changed.yaml"
  tell '  $ diff plan.yaml changed.yaml'
  diff "$FILES/plan.yaml" "$FILES/changed.yaml" | sed 's/^/  /' || true
  show_expecting 78 plan changed.yaml --as planner
  block_of "$LINE" | awk '/^ +REFUSED / && ++refused == 3 { print "    ..." } refused < 3'
  show_summary
  tell "  exit code 78; the remedy stands in each refusal"

  run_expecting 78 plan changed.yaml --as planner --json
  [[ $(refused_columns <"$WORK/out") == "$(homes_in_overflow)" ]] ||
    die "regraft plan refuses other columns of $LINE than those that lived in its overflow column"
  tell "  checked    refused are exactly the columns that lived there, and nothing else"
}

refused_columns() {
  cat >"$WORK/refused.json"
  ask_about "$WORK/refused.json" -v line="$LINE" <<'SQL'
    SELECT a->>'id', substring(f->>'text' FROM '^source column "([^"]+)"')
    FROM jsonb_array_elements(:'report'::jsonb->'actions') AS a, jsonb_array_elements(a->'findings') AS f
    WHERE f->>'kind' = 'refusal' ORDER BY 1, 2
SQL
}

homes_in_overflow() {
  ask_about "$FILES/saved.json" -v line="$LINE" <<'SQL'
    SELECT a->>'id', attname
    FROM jsonb_array_elements(:'report'::jsonb->'actions') AS a, jsonb_array_elements(a->'homes') AS h
    JOIN pg_attribute ON attname = h->>'column'
    WHERE a->>'id' = :'line' AND h->>'home_type' = 'jsonb' AND attrelid = (a->>'source')::regclass ORDER BY 1, 2
SQL
}

approve_plan() {
  heading "Who plans does not approve"
  show_expecting 3 approve saved.json --by planner
  folded <"$WORK/words"
  tell "  exit code 3"
  show_expecting 0 approve saved.json --by grace --note 'read on Monday'
  sed 's/^/  /' "$WORK/out"
  check_ledger "$(sha_of saved.json) grace"
}

# "sha256 person" of each approval, oldest first, as the ledger has them.
check_ledger() {
  [[ $(ask "SELECT plan_sha256 || ' ' || approved_by FROM regraft.approval
            WHERE revoked_at IS NULL ORDER BY approval_id") == "$1" ]] ||
    die "the ledger has other approvals than were given"
  tell "  checked    regraft.approval holds what was approved, and nothing else"
}

notice_change() {
  local table
  table=$(sed -nE "/^- merge: /{h;d}; /^  id: $LINE\$/{g;s/^- merge: //p}" "$FILES/plan.yaml")
  heading "Somebody changes the database"
  tell "  ALTER TABLE $table ADD COLUMN remark text"
  ask "ALTER TABLE $table ADD COLUMN remark text"
  show_freshness false "[\"$table: columns: new \\\"remark text\\\"\"]"
  show_expecting 3 approve saved.json --by ada
  folded <"$WORK/words"
  tell "  exit code 3"
  tell "  ALTER TABLE $table DROP COLUMN remark"
  ask "ALTER TABLE $table DROP COLUMN remark"
  show_freshness true '[]'
  check_ledger "$(sha_of saved.json) grace"
}

# regraft show, its last lines; $1 whether the plan must be fresh, $2 the reasons why not.
show_freshness() {
  show_expecting 0 show saved.json
  tail_of_plan
  run_expecting 0 show saved.json --json
  [[ $(ask_about "$WORK/out" -v expected="[$1, $2]" <<<"
       SELECT jsonb_build_array(report->'fresh', report->'stale_reasons') = :'expected'::jsonb
       FROM (SELECT :'report'::jsonb) AS t(report)") == t ]] ||
    die "regraft show must say fresh: $1, and why: $2"
}

answer_question() {
  heading "A question is answered"
  show_expecting 0 decide plan.yaml 1L-1 --choose nobody --by grace --reason 'it is a log of what was found'
  sed 's/^/  /' "$WORK/out"
  show_expecting 0 plan plan.yaml --prove-mapping -o answered.json --as planner
  block_of 1L-1-nobody | sed '/^ *columns /,$d'
  tell "  ..."
  show_summary
  sed -n '/^SHA-256 /,$p' "$WORK/out" | sed '/^$/d; s/^/  /'
  check_answered
  check_saved answered.json
  show_expecting 0 approve answered.json --by grace
  sed 's/^/  /' "$WORK/out"
  check_ledger "$(sha_of saved.json) grace"$'\n'"$(sha_of answered.json) grace"
}

# Beside the actions of before stands the answer's, ready, as is its question; the others wait on.
check_answered() {
  local before after
  [[ $(ask "SELECT question_id || ' ' || choice FROM regraft.answer") == '1L-1 nobody' ]] ||
    die "the ledger has other answers than were given"
  [[ $(sha_of answered.json) != "$(sha_of saved.json)" ]] || die "an answer must give another SHA-256"
  before=$(states_of saved.json)
  before=${before/$'\n1L-1 blocked\n'/$'\n1L-1 ready\n1L-1-nobody ready\n'}
  after=$(states_of answered.json)
  [[ $after == "$before" ]] ||
    die "the answer changed other actions than its own"
  tell "  checked    one action more, its question ready, all others as before, another SHA-256"
}

states_of() {
  ask_about "$FILES/$1" <<<"SELECT (a->>'id') || ' ' || (a->>'state')
    FROM jsonb_array_elements(:'report'::jsonb->'actions') AS a" | LC_ALL=C sort
}

# $1: everything as it was before the first command.
check_untouched() {
  local now tables rows
  heading "All this changed no table"
  now=$(everything)
  read -r _ tables rows _ <<<"$now"
  [[ $now == "$1" ]] || die "the database is not as before: $1, now $now"
  tell "  $tables tables with $rows rows: digests of all rows, and of the catalog as pg_dump writes it, are the"
  tell "  same as before the first command. What came is schema regraft, the ledger of answers and approvals."
  tell "  It could be executed now: regraft apply saved.json; and taken back: regraft undo saved.json."
}

plan_story() {
  local before
  FILES=$WORK/plan
  mkdir -- "$FILES"
  heading "A plan, from the document to the approval"
  prepare_files
  tell "In a folder with copies of docs/examples/ctb/reorganization-plan.md and plan.yaml. Long texts are"
  tell "shortened (...); figures are compared with the documents and with plain SQL, by the program's --json."
  before=$(everything)
  import_document
  refuse_imported
  plan_example
  refuse_changed
  approve_plan
  notice_change
  answer_question
  check_untouched "$before"
}
