// What locking and lifting have in common. Internal to this folder; all in an open transaction.
#pragma once

#include "engine/leaf_lock/leaf_lock.h"

#include "absl/status/status.h"

#include <functional>
#include <string>
#include <vector>

namespace regraft::leaf_lock {

// Errors: PermissionDenied where a superuser has locked and this is none.
absl::Status CheckMayReplace(pg::Connection& connection, const LockState& before);

// Ends the lock in force but for the guard, which a next one needs again at once. `lost`: as in
// LiftReport.
absl::Status EndLock(pg::Connection& connection, const LockState& lock, const LiftOptions& options,
                     std::vector<std::string>* lost);

// Makes these parts the lock in force. `anew`: what stands there now is what is frozen; otherwise
// what was frozen stays so.
absl::Status Establish(pg::Connection& connection, const std::vector<LockPart>& parts, bool anew,
                       FreezeReport* report);

void SayLost(const std::vector<std::string>& lost,
             const std::function<void(const std::string&)>& say);

}  // namespace regraft::leaf_lock
