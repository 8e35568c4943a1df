// What on the target could change, drop or multiply the rows we send: triggers and rules.
#pragma once

#include "engine/analysis/copy_plan.h"

#include "absl/status/status.h"

namespace regraft::analysis {

// Sets plan->suppress_triggers. Errors: BadPlan that names every trigger and rule in the way and
// the hazards that would allow them; overlapping source and target.
absl::Status CheckHazards(CopyPlan* plan);

}  // namespace regraft::analysis
