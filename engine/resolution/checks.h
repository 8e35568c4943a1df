// The parts of a plan that no action executes: audits and the leaf lock. What they name must exist
// before anything runs.
#pragma once

#include "engine/resolution/work.h"

#include <vector>

namespace regraft::resolution {

// Tables may be those of the database, or those that actions make by their new names.
absl::StatusOr<std::vector<saved_plan::Finding>> CheckNames(Run* run,
                                                            const std::vector<Work>& works);

}  // namespace regraft::resolution
