// An index that is built beside writers: no transaction covers it, and one that was interrupted
// stays behind, invalid. Internal to this folder.
#pragma once

#include "engine/apply/run.h"

#include "absl/status/status.h"

#include <cstdint>
#include <string>

namespace regraft::apply {

struct ConcurrentIndex {
  uint32_t table = 0;
  std::string table_name;  // for people
  std::string column;      // the only one, unquoted
  std::string name;        // quoted, with its schema
  std::string sql;         // CREATE UNIQUE INDEX CONCURRENTLY …
};

// Builds it, or finds it built. What fails leaves none behind. Errors: kLock where others hold what
// it waits for; Differences where another index has the name.
absl::Status BuildConcurrently(Run* run, const ConcurrentIndex& index);
// Takes away what an interrupted build has left; another's index of that name stays.
absl::Status DropInvalid(Run* run, const ConcurrentIndex& index);

}  // namespace regraft::apply
