#!/usr/bin/env bash
# scripts/demo with the built program, at a scale that takes seconds.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

mkdir "$WORK/t" && chmod 0711 "$WORK" && chmod 1777 "$WORK/t"
export TMPDIR=$WORK/t
PROGRAM=$(command -v regraft)

demo() { "$SCRIPTS/demo" --scale 0.01 "$@" </dev/null >"$WORK/story" 2>"$WORK/errors"; }
nothing_left() { [[ -z $(ls -A "$TMPDIR") ]] || { ls -A "$TMPDIR" && return 1; }; }
fails_saying() {
  local code=0
  demo --program "$1" || code=$?
  cat "$WORK/errors"
  ((code == 1)) && grep -q "$2" "$WORK/errors"
}
status_of_tree() { git -C "$SCRIPTS/.." status --porcelain 2>/dev/null; }

# With variables that would lead elsewhere, without a terminal, and with --keep.
tells_the_story() {
  PGHOST=/nonexistent PGOPTIONS=nonsense DATABASE_URL=nonsense REGRAFT_CHUNK_BYTES=nonsense PSQLRC=/nonexistent \
    demo --program "$PROGRAM" --keep && return
  tail -n 20 "$WORK/story" "$WORK/errors"
  return 1
}
has() { grep -qE "$1" "$WORK/story" || { cat "$WORK/story" && return 1; }; }
approved_twice() { (($(grep -c '^  APPROVED: .* by grace$' "$WORK/story") == 3 && $(grep -c '^  exit code 3$' "$WORK/story") == 2)); }
equations_hold() {
  awk '/^  equation/ { merges++; if ($2 != $7 + $12) wrong++ } END { exit merges != 8 || wrong }' "$WORK/story"
}
kept_server_answers() {
  local connect
  connect=$(sed -n 's/^  \(PGHOST=.*\) psql$/\1/p' "$WORK/story")
  # shellcheck disable=SC2086 # several assignments
  [[ $(env ${connect:?} psql -X -Atc 'SELECT count(*) > 7 FROM regraft.accounting') == t ]]
}
kept_server_stops() {
  local stop
  stop=$(sed -n 's/^  stop it:  scripts\/private-postgres stop //p' "$WORK/story")
  "$SCRIPTS/private-postgres" stop "${stop:?}" && nothing_left
}

before=$(status_of_tree)
check "the demo succeeds" tells_the_story
check "the document's counts are reconciled" has '^  regraft: .*: 56 actions are itemised, 64 declared'
check "the imported plan is refused with its todos" has 'REFUSED +todo: '
check "the complete plan is ready but for its questions" has '^ +53 ready, 3 blocked, 0 refused'
check "a lost column is refused" has 'REFUSED +no-home: source column "id"'
check "a changed table makes the plan stale" has '^  STALE: .*: columns: new "remark text"'
check "the answer's merge is planned" has '^  1L-1-nobody: merge '
check "both plans are approved by another person" approved_twice
check "the plan changes no table" has '^  [0-9]+ tables with [0-9]+ rows: digests of all rows'
check "eight equations add up" equations_hold
check "rows are set aside with their reason" has 'set aside 5: not-null created_at'
check "the forged row is named with its chunk" has "chunk [0-9]+, row source_id='[0-9a-f-]{36}': changed, source_url"
check "a table of all merges ends it" has '^ all +\|'
check "--keep leaves a server that answers" kept_server_answers
check "the kept server can be stopped as printed" kept_server_stops
nothing_in_the_tree() { [[ $(status_of_tree) == "$before" ]]; }
check "the source tree is as before" nothing_in_the_tree

# Programs that do as regraft does, but for the lines on stdin, must not pass.
sabotaged() {
  printf '#!/bin/sh\nPROGRAM=%s\n' "$PROGRAM" >"$WORK/$1"
  cat >>"$WORK/$1"
  # shellcheck disable=SC2016 # the sabotage expands it
  echo 'exec "$PROGRAM" "$@"' >>"$WORK/$1"
  chmod 0755 "$WORK/$1"
}
sabotaged miscounting <<'TEXT'
[ "$1 $3" != 'import --json' ] || { "$PROGRAM" "$@" | sed 's/"itemised": 24/"itemised": 22/'; exit 2; }
TEXT
sabotaged overstating <<'TEXT'
[ "$1 $3" != 'plan --prove-mapping' ] || { "$PROGRAM" "$@" >plan.txt || exit; sed 's/ 53 ready, 3 blocked/ 56 ready, 0 blocked/' plan.txt; exit; }
TEXT
sabotaged complaisant <<'TEXT'
[ "$*" != 'approve saved.json --by planner' ] || exec "$PROGRAM" approve saved.json --by someone
TEXT
sabotaged meddling <<'TEXT'
[ "$1" != decide ] || psql -X -q -c "UPDATE marketing.failed_low_confidence SET match_notes = match_notes || ' '"
TEXT
sabotaged blind <<'TEXT'
[ "$1" != verify ] || { "$PROGRAM" "$@"; exit 0; }
TEXT
check "a wrong count of the import fails the demo" fails_saying "$WORK/miscounting" "counts other kinds"
check "a wrong summary of the plan fails the demo" fails_saying "$WORK/overstating" "the summary of regraft plan is not"
check "an approval by the planner fails the demo" fails_saying "$WORK/complaisant" "must be answered by exit code 3"
check "a row changed behind the plan fails the demo" fails_saying "$WORK/meddling" "the database is not as before"
check "a forgery that verify overlooks fails the demo" fails_saying "$WORK/blind" "must be answered by exit code 2"
check "a failed demo leaves nothing behind" nothing_left

wrong_flag_is_refused() {
  local code=0
  demo "$@" || code=$?
  ((code == 2))
}
check "an unknown flag is refused" wrong_flag_is_refused --nonsense
check "a scale that is no number is refused" wrong_flag_is_refused --scale many

finish
