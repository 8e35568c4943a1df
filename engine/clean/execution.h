// One repair: exactly the approved rows, kept before they change, and proof that nothing else did.
// Internal to this folder.
#pragma once

#include "engine/clean/clean.h"
#include "engine/clean/target.h"
#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/status.h"

#include <cstdint>

namespace regraft::clean {

// `position`: the repair's in the run; with it the names of what is kept are unique and short.
struct RepairOfRun {
  int64_t run_id = 0;
  int position = 0;
  const saved_plan::SavedAction& action;
};

// In the caller's transaction: whatever fails, the caller takes all of it back. Errors: NotApproved
// where the rows are others than the approved ones; Differences where more would change. REQUIRES:
// the target's tables are locked against writers.
absl::Status ExecuteRepair(pg::Connection& connection, const RepairOfRun& repair,
                           const Target& target, RepairReport* report);

}  // namespace regraft::clean
