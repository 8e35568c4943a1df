#include "engine/leaf_lock/permit.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/internal.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {

absl::StatusOr<Permit> OpenPermit(pg::Connection& connection, const std::string& plan_sha256) {
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindLock(connection));
  if (!lock.has_value()) return Permit{};
  Permit permit{.open = true, .guarded = lock->guarded, .keeper = lock->keeper};
  ASSIGN_OR_RETURN(permit.joined, JoinKeeper(connection, lock->keeper));
  RETURN_IF_ERROR(
      connection
          .Query("INSERT INTO regraft.permit VALUES (pg_current_xact_id(), pg_backend_pid(), $1)",
                 {plan_sha256})
          .status());
  return permit;
}

absl::Status ClosePermit(pg::Connection& connection, const Permit& permit) {
  if (!permit.open) return absl::OkStatus();
  // What it leaves unregistered somebody else has smuggled in before: the check's business.
  RETURN_IF_ERROR(connection.Run("SELECT regraft_guard.adopt('run')"));
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.permit WHERE xid = pg_current_xact_id()"));
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Execute(
                       "SELECT object, what FROM "
                       "regraft_guard.violations(regraft_guard.own_locks()) WHERE since IS NULL"));
  if (found.rows() > 0)
    return Differences(absl::StrCat("the leaf lock does not hold after this: ", found.Text(0, 0),
                                    ": ", found.Text(0, 1),
                                    "; next: regraft lock --check names everything"));
  return permit.joined ? LeaveKeeper(connection, permit.keeper) : absl::OkStatus();
}

}  // namespace regraft::leaf_lock
