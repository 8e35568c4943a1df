// Whether the leaf lock still holds: catalog, registry and guard compared with what they must be.
#pragma once

#include "engine/leaf_lock/leaf_lock.h"

#include <string>
#include <vector>

namespace regraft::leaf_lock {

struct Drift {
  std::string rule;    // "unregistered", "missing", "renamed", "altered", "guard", "owner" …
  std::string object;  // as people write it
  std::string what, remedy;
};
struct CheckReport {
  std::optional<LockState> lock;
  std::vector<Drift> drift;
  std::vector<std::string> notes;  // what the server lets others do, and is as it must be
};
// Changes nothing, and asks no function that the database holds. Needs SELECT on the registry's
// tables and TEMPORARY. Not locked: that is drift.
absl::StatusOr<CheckReport> Check(pg::Connection& connection);

}  // namespace regraft::leaf_lock
