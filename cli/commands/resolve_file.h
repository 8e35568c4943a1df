// From a plan file to the saved plan: what `plan` and `apply` share.
#pragma once

#include "cli/session.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::cli {

struct ResolveFlags {
  std::string file, planner;
  bool estimate = false, prove = false;
};

// Resolved against the session's database, and sealed. Progress goes to standard error.
absl::StatusOr<saved_plan::SavedPlan> ResolveFile(const Session& session,
                                                  const ResolveFlags& flags);

// A plan with refusals is no plan to approve.
bool IsRefused(const saved_plan::SavedPlan& plan);

}  // namespace regraft::cli
