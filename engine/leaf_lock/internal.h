// What the parts of this folder share. Internal to it.
#pragma once

#include "engine/leaf_lock/check.h"
#include "engine/leaf_lock/leaf_lock.h"

#include "absl/status/status.h"

#include <functional>
#include <string>
#include <vector>

namespace regraft::leaf_lock {

struct WaitOptions {
  int seconds = 30;
  std::function<void(const std::string&)> say;
};
// Runs `work` in a transaction under the advisory lock of all changes of the leaf lock; where a
// table's lock is not obtained within 3 s, again from its beginning until the time is over.
absl::Status InTransaction(pg::Connection& connection, const WaitOptions& wait,
                           const std::function<absl::Status()>& work);

absl::StatusOr<bool> IsSuperuser(pg::Connection& connection);
// "regraft_keeper_DATABASE"; a digest where that is too long for a name.
absl::StatusOr<std::string> KeeperName(pg::Connection& connection);

// check.cc. In an open transaction without a permit.
absl::Status CheckInside(pg::Connection& connection, CheckReport* report);

// privileges.cc. All in an open transaction.
// Makes the keeper the owner of the schemas, and where there is a guard of its tables; takes CREATE
// from the others. Records each statement with what takes it back. With a guard, those who own
// relations there may go on creating: indexes and partitions are left to them.
absl::Status TakePrivileges(pg::Connection& connection, const LockState& lock);
// Adds to `lost` what cannot be given back since its role, schema or table is gone, a line each.
absl::Status GiveBackPrivileges(pg::Connection& connection, const LockState& lock,
                                std::vector<std::string>* lost);
// A member of the keeper, for as long as what follows needs it. Superusers need nothing. True: the
// membership is new, and LeaveKeeper() ends it. Errors: PermissionDenied with the GRANT.
absl::StatusOr<bool> JoinKeeper(pg::Connection& connection, const std::string& keeper);
absl::Status LeaveKeeper(pg::Connection& connection, const std::string& keeper);

}  // namespace regraft::leaf_lock
