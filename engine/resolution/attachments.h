// What hangs on the tables of a plan: what travels with them, what breaks, and what must be as it
// is now when the plan is executed.
#pragma once

#include "engine/resolution/work.h"

#include <vector>

namespace regraft::resolution {

// Adds dependents, what is kept, and the hazards that follow from them.
absl::Status NameAttachments(Run* run, std::vector<Work>* works);

// The catalog's word on every table of the plan, by OID.
absl::StatusOr<std::vector<saved_plan::RelationFingerprint>> TakeFingerprint(
    Run* run, const std::vector<Work>& works);

}  // namespace regraft::resolution
