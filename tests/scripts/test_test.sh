#!/usr/bin/env bash
# scripts/test on a project of four tests that needs no compiler: it must count what really ran.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

readonly TREE=$WORK/tree

# project CTEST-LINE…: a copy of the scripts around a CMake project with these tests.
project() {
  rm -rf "$TREE"
  mkdir -p "$TREE/tests/scripts" "$TREE/scripts"
  cp "$SCRIPTS"/{lib.sh,test,bootstrap,private-postgres} "$TREE/scripts/"
  { printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(x NONE)' 'enable_testing()' "$@"; } \
    >"$TREE/CMakeLists.txt"
  cat >"$TREE/CMakePresets.json" <<'TEXT'
{"version": 6,
 "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}],
 "buildPresets": [{"name": "release", "configurePreset": "release"}]}
TEXT
}

shell_test() {
  printf '%s\n' '#!/bin/sh' "$@" >"$TREE/tests/scripts/x_test.sh"
  chmod +x "$TREE/tests/scripts/x_test.sh"
}

# ends_with CODE LINE [ARGUMENT]…: the exit code and last line of scripts/test.
ends_with() {
  local code=0 output
  output=$("$TREE/scripts/test" "${@:3}" 2>&1) || code=$?
  [[ $code == "$1" && $(tail -n 1 <<<"$output") == "$2" ]] || { echo "code $code" "$output" && return 1; }
}

project 'add_test(NAME a COMMAND true)' 'add_test(NAME b COMMAND true)'
check "passing tests are counted" ends_with 0 "2 passed, 0 failed"
shell_test 'echo "ok one"; echo "3 passed, 0 failed"'
check "shell tests are added" ends_with 0 "5 passed, 0 failed"
check "ctest arguments choose" ends_with 0 "1 passed, 0 failed" -R '^a$'
check "no test at all is a failure" ends_with 1 "0 passed, 0 failed" -R '^none$'
# shellcheck disable=SC2016
shell_test 'test "$(psql -X -Atc "select count(*) from pg_class where relname = '"'x'"'")" = 0 &&' \
  'psql -X -c "create table x()" >&2 && echo "1 passed, 0 failed"'
cp "$TREE/tests/scripts/x_test.sh" "$TREE/tests/scripts/y_test.sh"
check "each shell test has an empty database" ends_with 0 "4 passed, 0 failed"
rm "$TREE/tests/scripts/y_test.sh"
chmod -x "$TREE/tests/scripts/x_test.sh"
check "a shell test that cannot be run" ends_with 1 "2 passed, 1 failed"
shell_test 'echo "2 passed, 1 failed"; exit 1'
check "a failing case in a shell test" ends_with 1 "4 passed, 1 failed"
shell_test 'echo "2 passed, 0 failed"; exit 1'
check "a shell test that counts no failure but fails" ends_with 1 "4 passed, 1 failed"
shell_test 'exit 0'
check "a shell test without a count" ends_with 1 "2 passed, 1 failed"

project 'add_test(NAME a COMMAND true)' 'add_test(NAME b COMMAND false)' \
  'add_test(NAME c COMMAND /nonexistent)' 'add_test(NAME d COMMAND sh -c "exit 5")' \
  'set_tests_properties(d PROPERTIES SKIP_RETURN_CODE 5)'
check "failing, impossible and skipped tests" ends_with 1 "1 passed, 2 failed"

project 'add_test(NAME up COMMAND false)' 'set_tests_properties(up PROPERTIES FIXTURES_SETUP Up)' \
  'add_test(NAME a COMMAND true)' 'set_tests_properties(a PROPERTIES FIXTURES_REQUIRED Up)'
check "tests behind a failed fixture are not passed over" ends_with 1 "0 passed, 2 failed"

project 'add_test(NAME a COMMAND true)' 'add_test(NAME s COMMAND false)' \
  'set_tests_properties(s PROPERTIES LABELS slow)'
check "slow tests are left out" ends_with 0 "1 passed, 0 failed"

# shellcheck disable=SC2016
project 'add_test(NAME a COMMAND sh -c "psql -X -Atc \"show fsync\" | grep -qx off")' \
  'add_test(NAME b COMMAND sh -c "test -z \"$PGOPTIONS$REGRAFT_TARGET$DATABASE_URL\"")'
export PGHOST=/nonexistent PGOPTIONS=nonsense DATABASE_URL=x REGRAFT_TARGET=x
check "tests see the private server and no variable of the caller" ends_with 0 "2 passed, 0 failed"
unset PGHOST PGOPTIONS DATABASE_URL REGRAFT_TARGET

project 'message(FATAL_ERROR broken)'
a_broken_build_fails() { refused "$TREE/scripts/test"; }
check "a broken build fails" a_broken_build_fails

finish
