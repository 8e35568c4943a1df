#!/usr/bin/env bash
# scripts/bootstrap, with dpkg-query, apt-get and sudo replaced: no package is ever installed here.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

readonly SHIMS=$WORK/shims CALLS=$WORK/calls
mkdir "$SHIMS"

# shim NAME BODY: a command NAME that notes its arguments in CALLS and then does BODY.
shim() {
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "%s $*" >>%q\n%s\n' "$1" "$CALLS" "$2" >"$SHIMS/$1"
  chmod +x "$SHIMS/$1"
}

bootstrap() {
  : >"$CALLS"
  PATH=$SHIMS:$PATH "$SCRIPTS/bootstrap" "$@" </dev/null
}

# everything_but PACKAGE: dpkg-query says so.
everything_but() {
  # shellcheck disable=SC2016
  shim dpkg-query 'for last; do :; done; [ "$last" = '"'$1'"' ] && exit 1; printf installed'
}

shim apt-get 'exit 0'
shim sudo 'exit 1'

nothing_missing_calls_nothing() {
  everything_but none
  bootstrap && bootstrap --all && ! grep -E '^(apt-get|sudo)' "$CALLS"
}

nothing_missing_needs_no_root() {
  ((EUID == 0)) || return 0
  everything_but none
  chmod 0755 "$WORK" && chmod 0666 "$CALLS"
  PATH=$SHIMS:$PATH setpriv --reuid=65534 --regid=65534 --clear-groups "$SCRIPTS/bootstrap" --all
}

this_machine_has_everything() {
  : >"$CALLS"
  rm -f "$SHIMS/dpkg-query"
  PATH=$SHIMS:$PATH "$SCRIPTS/bootstrap" && ! grep -E '^(apt-get|sudo)' "$CALLS"
}

only_the_missing_package_is_installed() {
  ((EUID == 0)) || return 0
  everything_but libtbb-dev
  bootstrap && grep -qE '^apt-get .* update$' "$CALLS" &&
    grep -qE '^apt-get .* install --yes --no-install-recommends -- libtbb-dev$' "$CALLS"
}

a_failing_apt_is_reported() {
  ((EUID == 0)) || return 0
  everything_but libtbb-dev
  shim apt-get 'exit 100'
  local output code=0
  output=$(bootstrap 2>&1) || code=$?
  shim apt-get 'exit 0'
  ((code == 1)) && [[ $output == *'network'* ]]
}

without_root_the_error_names_the_packages() {
  ((EUID == 0)) || return 0
  everything_but libtbb-dev
  : >"$CALLS"
  chmod 0755 "$WORK" && chmod 0666 "$CALLS"
  local output
  output=$(PATH=$SHIMS:$PATH setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$SCRIPTS/bootstrap" 2>&1 </dev/null) && return 1
  [[ $output == *'libtbb-dev'* && $output == *'as root'* ]] && ! grep '^apt-get' "$CALLS"
}

all_adds_the_tools() {
  [[ $("$SCRIPTS/bootstrap" --list) != *clang-tidy* && $("$SCRIPTS/bootstrap" --list --all) == *clang-tidy* ]]
}

an_absent_server_version_is_listed() {
  [[ $("$SCRIPTS/bootstrap" --list --pg-version 99) == *postgresql-99* ]]
}

every_package_has_a_reason() {
  ! "$SCRIPTS/bootstrap" --list --all | grep -vE '^[a-z0-9+.-]+ +[a-zA-Z]+$'
}

wrong_usage_exits_with_2() {
  local code=0
  "$SCRIPTS/bootstrap" --nonsense || code=$?
  ((code == 2))
}

check "nothing missing: neither apt-get nor sudo is called" nothing_missing_calls_nothing
check "nothing missing: no root needed" nothing_missing_needs_no_root
check "this machine has everything" this_machine_has_everything
check "only the missing package is installed" only_the_missing_package_is_installed
check "a failing apt-get is reported" a_failing_apt_is_reported
check "without root the error names the packages" without_root_the_error_names_the_packages
check "--all adds the tools" all_adds_the_tools
check "an absent server version is listed" an_absent_server_version_is_listed
check "every package has a reason of one word" every_package_has_a_reason
check "wrong usage exits with 2" wrong_usage_exits_with_2
finish
