// `regraft apply PLAN.yaml`: plans, shows, and takes a typed "yes" for the approval of exactly
// that.
#pragma once

#include "cli/session.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::cli {

// A plan file is YAML; a saved plan is JSON.
bool IsPlanFile(const std::string& path);

// The path of the saved plan, written beside the plan file and approved. Errors: NotApproved
// without a terminal, for another answer, and where the plan's gate wants more than its planner;
// BadPlan for refusals, and where that file is there already.
absl::StatusOr<std::string> PlanAndApprove(const Session& session, const std::string& path);

}  // namespace regraft::cli
