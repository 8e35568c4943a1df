# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder; sourced, never run:
#   source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# It must stay free of side effects except those of the last lines.

# Removes every variable that could lead a script to somebody's real database.
clean_environment() {
  local name
  for name in "${!PG@}" "${!REGRAFT_@}" DATABASE_URL PSQLRC; do
    unset "$name"
  done
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${0##*/}: $*"
  exit 1
}

# A wrong flag is the caller's mistake, not a failed run: exit 2, as ls and grep do.
usage_error() {
  say "${0##*/}: $* (see ${0##*/} --help)"
  exit 2
}

# The newest Debian server's bin folder, or that of the major version given as $1; empty when absent.
find_postgres_bin() {
  local wanted=${1:-} major newest=0
  if [[ -n $wanted ]]; then
    [[ -x /usr/lib/postgresql/$wanted/bin/initdb ]] && echo "/usr/lib/postgresql/$wanted/bin"
    return 0
  fi
  for major in /usr/lib/postgresql/*/bin/initdb; do
    [[ -x $major ]] || continue
    major=${major#/usr/lib/postgresql/}
    major=${major%%/*}
    [[ $major =~ ^[0-9]+$ ]] && ((major > newest)) && newest=$major
  done
  ((newest >= 14)) && echo "/usr/lib/postgresql/$newest/bin"
  return 0
}

# The files of the tree at $1 that git knows or would add, NUL-separated, without those removed and
# not yet committed. Further arguments limit it to these paths. Outside git: everything but build/.
source_files() {
  local root=$1 path
  shift
  (
    cd -- "$root" || exit
    if [[ $(git rev-parse --show-toplevel 2>/dev/null) == "$root" ]]; then
      git ls-files -z --cached --others --exclude-standard -- "$@" | sort -zu
    else
      find "${@:-.}" -path ./build -prune -o -path ./.git -prune -o -type f -print0 |
        sed -z 's|^\./||' | sort -z
    fi
  ) | while IFS= read -r -d '' path; do
    [[ ! -f $root/$path ]] || printf '%s\0' "$path"
  done
}

REPO_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly REPO_ROOT # the sourcing script uses it
export LC_ALL=C.UTF-8 NO_COLOR=1 CLICOLOR=0
unset CDPATH GREP_OPTIONS
