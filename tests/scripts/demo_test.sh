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
check "eight equations add up" equations_hold
check "rows are set aside with their reason" has 'set aside 5: not-null created_at'
check "the forged row is named with its chunk" has "chunk [0-9]+, row source_id='[0-9a-f-]{36}': changed, source_url"
check "a table of all merges ends it" has '^ all +\|'
check "--keep leaves a server that answers" kept_server_answers
check "the kept server can be stopped as printed" kept_server_stops
nothing_in_the_tree() { [[ $(status_of_tree) == "$before" ]]; }
check "the source tree is as before" nothing_in_the_tree

# A program that finds everything intact must not pass.
cat >"$WORK/blind" <<TEXT
#!/bin/sh
"$PROGRAM" "\$@"
code=\$?
[ "\$1" = verify ] || exit \$code
exit 0
TEXT
chmod 0755 "$WORK/blind"
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
