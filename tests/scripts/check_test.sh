#!/usr/bin/env bash
# scripts/check must be able to fail: each violation is planted in a small tree and must be found,
# at its line, by its rule, and nothing else with it.
set -uo pipefail
# shellcheck source=tests/scripts/support.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support.sh"

readonly TREE=$WORK/tree

# A tree without a fault, shaped like the real one.
plant_tree() {
  rm -rf "$TREE"
  mkdir -p "$TREE"/{engine/{base,pg,plan,execution,verification},cli/commands,bench,tests/base,scripts}
  cp "$SCRIPTS/../.clang-format" "$TREE/"
  cat >"$TREE/engine/CMakeLists.txt" <<'TEXT'
engine_folder(base LIBRARIES absl::status)
engine_folder(pg USES base LIBRARIES PostgreSQL::PostgreSQL)
engine_folder(plan USES base)
engine_folder(execution USES plan pg
              base LIBRARIES TBB::tbb)
engine_folder(verification USES plan pg base)
TEXT
  plant engine/base/good.h '// Never exit() here, and never printf("…") either.' 'int Good();'
  plant engine/pg/good.cc '#include <libpq-fe.h>' '' '#include "engine/base/good.h"' \
    'const char* kText = "printf( std::cout TO" "DO";'
  plant engine/execution/pipeline.cc '#include "engine/plan/good.h"' '' \
    '#include <oneapi/tbb/parallel_pipeline.h>'
  plant cli/main.cc '#include <CLI/CLI.hpp>' '' 'int main() { exit(0); }'
  plant scripts/good '#!/bin/sh' 'echo good'
  if command -v clang-format >/dev/null; then
    find "$TREE" \( -name '*.cc' -o -name '*.h' \) -exec clang-format -i --style=file {} +
  fi
}

# plant PATH LINE…
plant() {
  local path=$1
  shift
  mkdir -p "$(dirname "$TREE/$path")"
  printf '%s\n' "$@" >"$TREE/$path"
}

run_check() { "$SCRIPTS/check" --root "$TREE" "${CHECK_OPTIONS[@]}"; }
CHECK_OPTIONS=()

# found EXPECTED: exactly one finding, beginning with EXPECTED.
found() {
  local output code=0
  output=$(run_check 2>"$WORK/stderr") || code=$?
  if ((code != 1)) || [[ $(wc -l <<<"$output") -ne 1 || $output != "$1"* ]]; then
    printf 'code %s, wanted: %s\n%s\n' "$code" "$1" "$output"
    cat "$WORK/stderr"
    return 1
  fi
}

accepted() {
  local output
  output=$(run_check 2>&1) || { echo "$output" && return 1; }
}

# case NAME EXPECTED PATH LINE…: a fresh tree with PATH planted gives the finding EXPECTED.
planted() {
  local name=$1 expected=$2
  shift 2
  plant_tree
  plant "$@"
  check "$name" found "$expected"
}

plant_tree
check "a tree without a fault is accepted" accepted

planted "an include up the arrow" "engine/base/bad.h:1: includes: base must not include pg" \
  engine/base/bad.h '#include "engine/pg/good.h"'
planted "an include up the arrow, without engine/" "engine/base/bad.h:1: includes: base must not" \
  engine/base/bad.h '#include "pg/good.h"'
planted "verification includes execution" \
  "engine/verification/bad.cc:3: includes: verification must not include execution" \
  engine/verification/bad.cc '// Fresh eyes.' '' '#include "engine/execution/chunk.h"'
planted "the engine includes the command line" "engine/pg/bad.h:1: includes: the engine must not" \
  engine/pg/bad.h '#include "cli/flags.h"'
planted "a folder the build does not know" "engine/misc/bad.h:1: includes: engine/misc is not in" \
  engine/misc/bad.h '#include "engine/base/good.h"'
planted "libpq outside pg" "engine/plan/bad.h:1: includes: only" \
  engine/plan/bad.h '#include <libpq-fe.h>'
planted "oneTBB outside the pipeline" "engine/execution/bad.h:1: includes: only" \
  engine/execution/bad.h '#include <tbb/task_group.h>'
planted "xxhash outside digest" "engine/plan/bad.h:1: includes: only" \
  engine/plan/bad.h '#include <xxhash.h>'
planted "CLI11 outside cli" "engine/plan/bad.h:1: includes: only" \
  engine/plan/bad.h '#include <CLI/CLI.hpp>'
planted "yaml-cpp outside plan" "cli/bad.h:1: includes: only" \
  cli/bad.h '#include <yaml-cpp/yaml.h>'
planted "std::cout in the engine" "engine/plan/bad.cc:1: printing in engine" \
  engine/plan/bad.cc 'void Say() { std::cout << 1; }'
planted "fprintf in the engine" "engine/plan/bad.cc:2: printing in engine" \
  engine/plan/bad.cc '// A comment.' 'void Say() { fprintf(file, "x"); }'
planted "exit in the engine" "engine/plan/bad.cc:1: exit below main" \
  engine/plan/bad.cc 'void Stop() { std::exit(1); }'
planted "exit in a command" "cli/commands/bad.cc:1: exit below main" \
  cli/commands/bad.cc 'void Stop() { exit(1); }'
planted "the worked example's name in a comment" "engine/plan/bad.h:1: name of the worked example" \
  engine/plan/bad.h '// As in outreach.people.'
planted "the worked example's name in a literal" "cli/bad.cc:1: name of the worked example" \
  cli/bad.cc 'const char* kTable = "company_slots";'
planted "an open end" "bench/bad.cc:1: open end" bench/bad.cc "// TO""DO: everything"
planted "a trailing blank" "scripts/bad.cmake:1: whitespace" scripts/bad.cmake 'set(a b) '
# These tools come with scripts/bootstrap --all; without them scripts/check says so and goes on.
if command -v clang-format >/dev/null; then
  planted "a wrong format" "engine/plan/bad.cc:1: format" engine/plan/bad.cc 'int   Bad( );'
fi
if command -v shellcheck >/dev/null; then
  # shellcheck disable=SC2016
  planted "a careless shell script" "scripts/bad:2: shellcheck" scripts/bad '#!/bin/bash' 'rm $1'
fi
planted "a broken shell script" "scripts/bad:3: bash -n" scripts/bad '#!/bin/bash' 'if true; then'

mapfile -t long < <(for ((i = 0; i < 501; ++i)); do echo "int v$i;"; done)
planted "a file above 500 lines" "engine/plan/bad.cc:501: size" engine/plan/bad.cc "${long[@]}"

plant_tree
plant engine/plan/long.cc "${long[@]:0:301}"
check "a file above 300 lines is only a warning" accepted

plant_tree
sed -i 's/^engine_folder(base /&USES pg /' "$TREE/engine/CMakeLists.txt"
check "a build that points upwards" found "engine/CMakeLists.txt:1: includes: base uses pg"

plant_tree
git -C "$TREE" init -q
plant ignored/bad.txt 'blank '
plant .gitignore '/ignored/'
check "what git ignores is not checked" accepted

# tidy_tree LINE…: a tree of one source that the build knows.
tidy_tree() {
  rm -rf "$TREE"
  plant engine/base/one.cc "$@"
  cp "$SCRIPTS"/../.clang-{format,tidy} "$TREE/"
  plant build/release/compile_commands.json "[{\"directory\": \"$TREE\"," \
    "\"command\": \"c++ -c $TREE/engine/base/one.cc\", \"file\": \"$TREE/engine/base/one.cc\"}]"
}

if command -v run-clang-tidy >/dev/null; then
  CHECK_OPTIONS=(--tidy)
  tidy_tree 'int WellNamed() { return 1; }'
  check "clang-tidy accepts a sound file" accepted
  tidy_tree '' 'int badly_named() { return 1; }'
  check "clang-tidy reports" found "engine/base/one.cc:2: clang-tidy: invalid case style"
  tidy_tree 'int WellNamed() { return 1; }'
  plant engine/base/two.cc 'int OtherName() { return 2; }'
  check "a source the build does not know" found "engine/base/two.cc:1: clang-tidy: not in build/release"
fi

finish
