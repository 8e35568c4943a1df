#include "cli/commands/copy_flags.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/limits.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <unistd.h>

namespace regraft::cli {
namespace {

absl::StatusOr<plan::Mapping> BuildMapping(const CopyFlags& flags) {
  plan::Mapping mapping{.overflow = flags.overflow, .where = flags.where};
  for (const std::string& flag : flags.set) {
    ASSIGN_OR_RETURN(plan::Constant constant, plan::ParseConstant(flag));
    mapping.constants.push_back(std::move(constant));
  }
  for (const std::string& flag : flags.column) {
    ASSIGN_OR_RETURN(plan::ColumnPair pair, plan::ParseColumnPair(flag));
    mapping.columns.push_back(std::move(pair));
  }
  for (const std::string& flag : flags.map) {
    ASSIGN_OR_RETURN(plan::ValueMap map, plan::ParseValueMap(flag));
    mapping.value_maps.push_back(std::move(map));
  }
  return mapping;
}

absl::StatusOr<plan::CopyRequest> BuildRequest(const CopyFlags& flags) {
  plan::CopyRequest request{.create = flags.create};
  ASSIGN_OR_RETURN(request.source, pg::ParseQualifiedName(flags.source));
  ASSIGN_OR_RETURN(request.target, pg::ParseQualifiedName(flags.target));
  ASSIGN_OR_RETURN(request.mapping, BuildMapping(flags));
  if (!flags.remainder.empty()) {
    ASSIGN_OR_RETURN(request.remainder, pg::ParseQualifiedName(flags.remainder));
  }
  if (flags.children == "include") request.children = plan::Children::kInclude;
  if (flags.children == "exclude") request.children = plan::Children::kExclude;
  for (const std::string& hazard : flags.allow) {
    RETURN_IF_ERROR(plan::CheckHazardName(hazard));
    request.allow.insert(hazard);
  }
  return request;
}

}  // namespace

int DefaultJobs() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4);
}

int64_t DefaultMaxMemory() {
  const int64_t machine = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  return std::max<int64_t>(machine / 4, copy::MaxMemoryMinimum(/*jobs=*/1));
}

absl::StatusOr<int64_t> ParseBytes(const std::string& text, const std::string& flag) {
  constexpr std::array<std::pair<std::string_view, int64_t>, 10> kUnits = {
      {{"", 1},
       {"B", 1},
       {"kB", 1000},
       {"KiB", int64_t{1} << 10},
       {"MB", 1'000'000},
       {"MiB", int64_t{1} << 20},
       {"GB", 1'000'000'000},
       {"GiB", int64_t{1} << 30},
       {"M", int64_t{1} << 20},
       {"G", int64_t{1} << 30}}};
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnits)
    if (error == std::errc() && unit == name && number > 0 && number < (int64_t{1} << 50) / factor)
      return number * factor;
  return BadPlan(absl::StrCat(flag, " ", text, ": expected a size such as 64MiB or 1GB"));
}

void CopyFlags::AddTo(CLI::App* verb) {
  verb->add_option("SOURCE", source, "table to copy, as in psql: schema.\"Odd name\"")->required();
  verb->add_option("TARGET", target, "table to copy into")->required();
  verb->add_option("--from", from, "database of the source; default: as --dsn")
      ->envname("REGRAFT_FROM");
  verb->add_option("--to", to, "database of the target; default: as --dsn")->envname("REGRAFT_TO");
  verb->add_option("--set", set,
                   "COLUMN=VALUE in every copied row; together they are the discriminator")
      ->allow_extra_args(false);
  verb->add_option("--map", map, "TARGET=SOURCE:{\"a\":\"x\",\"*\":\"z\"}: maps a column's values")
      ->allow_extra_args(false);
  verb->add_option("--column", column,
                   "SOURCE=TARGET: a rename; an empty TARGET means the overflow column")
      ->allow_extra_args(false);
  verb->add_option("--overflow", overflow,
                   "jsonb column that takes every source column without a home");
  verb->add_option("--where", where, "SQL condition on the source's rows");
  verb->add_flag("--create", create, "make the target if it does not exist");
  verb->add_option("--remainder", remainder, "table to make for rows that cannot enter the target");
  verb->add_option("--children", children, "rows of inheritance children: include or exclude")
      ->check(CLI::IsMember({"include", "exclude"}));
  verb->add_option("--jobs", jobs, "lanes that work side by side; default: cores, at most 4")
      ->envname("REGRAFT_JOBS")
      ->check(CLI::Range(1, 64));
  verb->add_option("--chunk-bytes", chunk_bytes,
                   "heap and TOAST bytes per transaction; default 8MiB")
      ->envname("REGRAFT_CHUNK_BYTES");
  verb->add_option("--max-memory", max_memory,
                   "bound of this program's memory; default: a quarter of the machine's")
      ->envname("REGRAFT_MAX_MEMORY");
  verb->add_option("--lock-wait", lock_wait, "seconds to try for a lock; default 30")
      ->envname("REGRAFT_LOCK_WAIT")
      ->check(CLI::Range(0, 86400));
  verb->add_flag("--no-verify", no_verify, "do not read the target back")
      ->envname("REGRAFT_NO_VERIFY");
  verb->add_flag("--no-lock", no_lock, "let writers of the source go on; one snapshot is copied");
  verb->add_option("--allow", allow,
                   "a hazard by name: trigger-fires, triggers-suppressed, no-provenance")
      ->allow_extra_args(false);
  auto* again_flag =
      verb->add_flag("--again", again, "append once more what this command copied before");
  auto* restart_flag =
      verb->add_flag("--restart", restart, "remove what this command copied, then copy");
  auto* discard_flag =
      verb->add_flag("--discard", discard, "remove exactly what this command copied");
  again_flag->excludes(restart_flag)->excludes(discard_flag);
  restart_flag->excludes(discard_flag);
}

absl::Status CopyFlags::Build(const Session& session, copy::CopyOptions* options) const {
  ASSIGN_OR_RETURN(options->request, BuildRequest(*this));
  options->source = session.ConnectTo(from.empty() ? session.dsn : from, "");
  options->target = session.ConnectTo(to.empty() ? session.dsn : to, "");
  options->jobs = jobs > 0 ? jobs : DefaultJobs();
  ASSIGN_OR_RETURN(options->chunk_bytes, ParseBytes(chunk_bytes, "--chunk-bytes"));
  options->max_memory_bytes = DefaultMaxMemory();
  if (!max_memory.empty()) {
    ASSIGN_OR_RETURN(options->max_memory_bytes, ParseBytes(max_memory, "--max-memory"));
  }
  const int64_t minimum = copy::MaxMemoryMinimum(options->jobs);
  if (options->max_memory_bytes < minimum)
    return BadPlan(absl::StrCat("--max-memory ", max_memory, ": ", options->jobs,
                                options->jobs == 1 ? " lane needs " : " lanes need ",
                                (minimum + (1 << 20) - 1) >> 20,
                                "MiB at least; give more, or fewer --jobs"));
  options->lock_wait_seconds = lock_wait;
  options->verify = !no_verify;
  options->lock = !no_lock;
  options->again = again;
  options->restart = restart;
  return absl::OkStatus();
}

}  // namespace regraft::cli
