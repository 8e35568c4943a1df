// The flags of `copy`, as typed, and the request that they build.
#pragma once

#include "cli/session.h"
#include "engine/copy/copy_job.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace regraft::cli {

struct CopyFlags {
  std::string source, target;
  std::string from, to;
  std::vector<std::string> set, map, column, allow;
  std::string overflow, where, remainder, children;
  int jobs = 0;
  std::string chunk_bytes = "8MiB", max_memory;
  int lock_wait = 30;
  bool create = false, no_verify = false, no_lock = false, again = false, restart = false,
       discard = false;

  void AddTo(CLI::App* verb);
  [[nodiscard]] absl::Status Build(const Session& session, copy::CopyOptions* options) const;
};

// "16MiB", "1GB", "4096" in bytes. Errors: BadPlan naming the flag.
absl::StatusOr<int64_t> ParseBytes(const std::string& text, const std::string& flag);

// One lane per core up to four; more than that rarely helps one server.
int DefaultJobs();
// A quarter of the machine's memory.
int64_t DefaultMaxMemory();

}  // namespace regraft::cli
