// Several plans may lock: the lock in force is all of theirs together. Internal to this folder.
#pragma once

#include "engine/leaf_lock/leaf_lock.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::leaf_lock {

// What stays of the parts where this plan's lock comes: not its own earlier one, and none whose
// schemas it has all. Errors: BadPlan where a table would be a leaf in two ways, or the lock in
// force was made by a version that did not say of what.
absl::StatusOr<std::vector<LockPart>> PartsBeside(const LockState& before, const LockPart& next);

// The schemas of all, each once.
std::vector<std::string> SchemasOf(const std::vector<LockPart>& parts);
// "orders; customers": the plans, and who has locked.
std::string NamesOf(const std::vector<LockPart>& parts);
std::string LockersOf(const std::vector<LockPart>& parts);

// The parts of this lock; none: it was made by an earlier version.
absl::StatusOr<std::vector<LockPart>> ReadParts(pg::Connection& connection, int64_t lock_id);
absl::Status StoreParts(pg::Connection& connection, int64_t lock_id,
                        const std::vector<LockPart>& parts);

}  // namespace regraft::leaf_lock
