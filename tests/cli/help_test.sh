#!/usr/bin/env bash
# What the program says of itself, and that docs/operations.md says the same.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/support.sh"

OPERATIONS=$SCRIPTS/../docs/operations.md
unset "${!REGRAFT_@}"

exits() {
  local wanted=$1 code=0
  shift
  regraft "$@" </dev/null >"$WORK/out" 2>"$WORK/err" || code=$?
  ((code == wanted)) || { echo "exit code $code" && cat "$WORK/out" "$WORK/err" && return 1; }
}

verbs() { regraft --help | sed -n '/^Subcommands:/,$s/^  \([a-z-]*\)  .*/\1/p'; }
shows_an_example() { exits 0 "$1" --help && grep -q "Example" "$WORK/out" && grep -q "regraft $1 " "$WORK/out"; }
words_in_operations() {
  local word missing=0
  while read -r word; do
    grep -qF -- "\`$word" "$OPERATIONS" || { echo "docs/operations.md does not name $word" && missing=1; }
  done
  ((missing == 0))
}
flags_are_documented() { regraft "$1" --help | grep -oE '^ +--[a-z-]+' | tr -d ' ' | words_in_operations; }
variables_are_documented() { regraft "$1" --help | grep -oE '\(Env:[A-Z_]+' | cut -d: -f2 | words_in_operations; }

check "--version names the version" exits 0 --version
check "--help succeeds" exits 0 --help
there_are_verbs() { (($(verbs | wc -l) >= 4)); }
check "--help lists the verbs" there_are_verbs
for verb in $(verbs); do
  check "$verb --help shows an example" shows_an_example "$verb"
  check "docs/operations.md names every flag of $verb" flags_are_documented "$verb"
  check "docs/operations.md names every variable of $verb" variables_are_documented "$verb"
done

check "no verb is a usage error" exits 64
check "an unknown verb is a usage error" exits 64 nonsense
misspelt() { exits 64 aply saved.json && grep -q "there is no verb aply" "$WORK/err" && grep -q "did you mean \"apply\"" "$WORK/err"; }
check "a misspelt verb is named, with the nearest" misspelt
check "an unknown flag is a usage error" exits 64 copy a.b c.d --nonsense
check "a missing argument is a usage error" exits 64 copy a.b
check "flags that exclude each other are a usage error" exits 64 copy a.b c.d --again --discard

finish
