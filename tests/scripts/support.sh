# shellcheck shell=bash disable=SC2034
# For the tests of the scripts: each sources this, calls `check NAME COMMAND…` per case and ends
# with `finish`. A case passes if its command returns 0.
SCRIPTS=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts" && pwd -P)
PASSED=0 FAILED=0
# Under /tmp, not TMPDIR: the socket paths of the servers below have little room.
WORK=$(mktemp -d /tmp/regraft-test.XXXXXX)
trap 'rm -rf -- "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

check() {
  local name=$1
  shift
  if ("$@") >"$WORK/output" 2>&1; then
    echo "ok $name"
    PASSED=$((PASSED + 1))
  else
    echo "FAIL $name"
    sed 's/^/  | /' "$WORK/output"
    FAILED=$((FAILED + 1))
  fi
}

# Succeeds if the command fails, whatever its code.
refused() { ! "$@"; }

# eventually COMMAND…: waits at most 20 s for it to succeed.
eventually() {
  local deadline=$((SECONDS + 20))
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

finish() {
  echo "$PASSED passed, $FAILED failed"
  ((FAILED == 0 && PASSED > 0))
}
