#!/usr/bin/env bash
# scripts/private-postgres on the real machine.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

# Servers below go where their leftovers can be counted, and where any user may pass.
mkdir "$WORK/t" && chmod 0711 "$WORK" && chmod 1777 "$WORK/t"
export TMPDIR=$WORK/t

pp() { "$SCRIPTS/private-postgres" "$@"; }
ask() { psql -X -At -v ON_ERROR_STOP=1 -c "$1"; }
nothing_left() { [[ -z $(ls -A "$TMPDIR") ]]; }

# True while a process that is not a zombie has the id.
alive() { [[ -r /proc/$1/stat ]] && [[ ! $(cat "/proc/$1/stat" 2>/dev/null) =~ \)\ [ZX]\  ]]; }
gone() { ! alive "$1"; }

run_answers_and_cleans_up() {
  [[ $(pp run --fast -- psql -X -Atc 'select 6 * 7') == 42 ]] && nothing_left
}

run_passes_the_exit_code_on() {
  local code=0
  pp run --fast -- sh -c 'exit 37' || code=$?
  ((code == 37)) && nothing_left
}

run_passes_input_output_and_arguments() {
  [[ $(echo in | pp run --fast -- sh -c 'cat; printf "<%s>" "$@"' sh 'a b' '' '*') == $'in\n<a b><><*>' ]]
}

run_cleans_up_when_the_command_does_not_exist() {
  local code=0
  pp run --fast -- "$WORK/no such command" || code=$?
  ((code == 127)) && nothing_left
}

run_kills_what_the_command_left_behind() {
  local pid
  # shellcheck disable=SC2016
  pid=$(pp run --fast -- sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!') && eventually gone "$pid"
}

# interrupt SIGNAL CODE: a signal to private-postgres alone ends command, grandchild and server.
interrupt() {
  local pid code=0 grandchild postmaster
  # Not pp: the signal is for the script, not for a subshell that runs it.
  # A caller that ignores hang-ups (nohup, some CI) hands that down.
  # shellcheck disable=SC2016
  env --default-signal=HUP,TERM "$SCRIPTS/private-postgres" run --fast -- bash -c 'sleep 1000 & echo $! >"$1"; head -n 1 "$PGHOST/data/postmaster.pid" >"$2"; wait' \
    bash "$WORK/grandchild" "$WORK/postmaster" </dev/null &
  pid=$!
  eventually test -s "$WORK/postmaster" || return 1
  grandchild=$(cat "$WORK/grandchild") postmaster=$(cat "$WORK/postmaster")
  rm -f "$WORK/grandchild" "$WORK/postmaster"
  alive "$grandchild" && alive "$postmaster" || return 1
  kill "-$1" "$pid"
  wait "$pid" || code=$?
  ((code == $2)) || { echo "code $code" && return 1; }
  eventually gone "$grandchild" && eventually gone "$postmaster" && nothing_left
}

# The environment a careless or hostile caller may have: nothing of it may be obeyed.
hostile() {
  env PGHOST=/nonexistent PGPORT=1 PGUSER=nobody PGDATABASE=absent PGOPTIONS='-c no.such=1 -c x' \
    PGSERVICE=absent PGSSLMODE=require PGPASSFILE=/nonexistent PGDATA=/nonexistent PGTZ=Mars \
    DATABASE_URL=postgres://db.invalid/x REGRAFT_TARGET=postgres://db.invalid/x "$@"
}

a_hostile_environment_is_ignored() {
  [[ $(hostile "$SCRIPTS/private-postgres" run --fast -- psql -X -Atc 'select current_user') == postgres ]]
}

the_command_sees_no_variable_of_the_caller() {
  local seen
  seen=$(hostile "$SCRIPTS/private-postgres" run --fast -- env | grep -oE '^(PG|DATABASE_URL|REGRAFT_)[A-Z_]*' |
    sort | xargs)
  [[ $seen == 'PGDATABASE PGHOST PGPORT PGUSER' ]] || { echo "$seen" && return 1; }
}

two_servers_live_side_by_side() (
  eval "$(pp start --fast)"
  trap 'pp stop "$PRIVATE_POSTGRES_DIR"' EXIT
  ask 'create table only_here()' || return 1
  [[ $(pp run --fast -- psql -X -Atc "select to_regclass('only_here') is null") == t ]] || return 1
  [[ $(ask "select to_regclass('only_here')") == only_here ]]
)

start_and_stop() {
  local exports postmaster
  exports=$(pp start --fast --dir "$TMPDIR/named") || return 1
  eval "$exports"
  [[ $PGHOST == "$TMPDIR/named" && $PRIVATE_POSTGRES_DIR == "$PGHOST" ]] || return 1
  [[ $(ask 'select usesuper from pg_user') == t ]] || return 1
  postmaster=$(head -n 1 "$PGHOST/data/postmaster.pid")
  pp stop "$PRIVATE_POSTGRES_DIR" && gone "$postmaster" && nothing_left
}

settings_reach_the_server() {
  local seen
  seen=$(pp run --fast --set work_mem=33MB --set "log_line_prefix=it's " --set=max_connections=17 -- \
    psql -X -At -c 'show work_mem' -c 'show log_line_prefix' -c 'show max_connections' \
    -c 'show fsync' -c 'show listen_addresses' -c 'show server_encoding' | tr '\n' '|')
  [[ $seen == "33MB|it's |17|off||UTF8|" ]] || { echo "$seen" && return 1; }
}

without_fast_the_server_is_durable() {
  [[ $(pp run -- psql -X -At -c 'show fsync' -c 'show full_page_writes' | xargs) == 'on on' ]]
}

a_bad_setting_is_reported_and_cleaned_up() {
  local output
  output=$(pp run --fast --set no_such_setting=1 -- true 2>&1) && return 1
  [[ $output == *no_such_setting* ]] && nothing_left
}

a_full_directory_is_refused_and_kept() {
  mkdir "$WORK/full" && touch "$WORK/full/precious"
  refused pp start --dir "$WORK/full" && refused pp stop "$WORK/full" && [[ -e $WORK/full/precious ]]
}

a_long_directory_is_refused() {
  local output
  output=$(pp start --dir "$WORK/$(printf 'x%.0s' {1..90})" 2>&1) && return 1
  [[ $output == *'too long'* ]]
}

an_unusable_tmpdir_is_passed_over() {
  mkdir -p "$WORK/$(printf 'x%.0s' {1..90})"
  [[ $(TMPDIR=$(echo "$WORK"/xxx*) pp run --fast -- printenv PGHOST) == /tmp/regraft-pg.* ]]
}

other_users_cannot_enter() {
  ((EUID == 0)) || return 0
  # shellcheck disable=SC2016
  pp run --fast -- sh -c '! setpriv --reuid=65533 --regid=65533 --clear-groups ls "$PGHOST"'
}

an_unprivileged_user_can_run_it() {
  ((EUID == 0)) || return 0
  [[ $(setpriv --reuid=65534 --regid=65534 --clear-groups "$SCRIPTS/private-postgres" run --fast -- \
    psql -X -Atc 'select current_user') == postgres ]] && nothing_left
}

# A server that held the caller's pipe would make this `$(…)` wait until it stops.
start_does_not_hold_the_callers_descriptors() {
  exec 9>"$WORK/held"
  eval "$(timeout 60 "$SCRIPTS/private-postgres" start --fast)"
  exec 9>&-
  local descriptor held=no
  for descriptor in "/proc/$(head -n 1 "$PGHOST/data/postmaster.pid")"/fd/*; do
    [[ $(readlink "$descriptor") != "$WORK/held" ]] || held=yes
  done
  pp stop "$PGHOST" && [[ $held == no ]]
}

wrong_usage_exits_with_2() {
  local code arguments
  for arguments in '' nonsense 'run' 'run --set' 'run --set x true' 'start --nonsense' 'start extra' stop; do
    code=0
    # shellcheck disable=SC2086
    pp $arguments || code=$?
    ((code == 2)) || { echo "'$arguments' gave $code" && return 1; }
  done
}

check "run answers and cleans up" run_answers_and_cleans_up
check "run passes the exit code on" run_passes_the_exit_code_on
check "run passes input, output and arguments" run_passes_input_output_and_arguments
check "run cleans up when the command does not exist" run_cleans_up_when_the_command_does_not_exist
check "run kills what the command left behind" run_kills_what_the_command_left_behind
check "TERM ends command, grandchild and server" interrupt TERM 143
check "HUP ends command, grandchild and server" interrupt HUP 129
check "a hostile environment is ignored" a_hostile_environment_is_ignored
check "the command sees no variable of the caller" the_command_sees_no_variable_of_the_caller
check "two servers live side by side" two_servers_live_side_by_side
check "start and stop" start_and_stop
check "settings reach the server" settings_reach_the_server
check "without --fast the server is durable" without_fast_the_server_is_durable
check "a bad setting is reported and cleaned up" a_bad_setting_is_reported_and_cleaned_up
check "a full directory is refused and kept" a_full_directory_is_refused_and_kept
check "a long directory is refused" a_long_directory_is_refused
check "an unusable TMPDIR is passed over" an_unusable_tmpdir_is_passed_over
check "other users cannot enter" other_users_cannot_enter
check "an unprivileged user can run it" an_unprivileged_user_can_run_it
check "start does not hold the caller's descriptors" start_does_not_hold_the_callers_descriptors
check "wrong usage exits with 2" wrong_usage_exits_with_2
check "nothing is left at the end" nothing_left
finish
