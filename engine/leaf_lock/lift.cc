// Lifting a lock, whole or one plan's part, and opening it for a while.

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/establish.h"
#include "engine/leaf_lock/guard.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/parts.h"
#include "engine/leaf_lock/permit.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

// Unless administrators have given it members, who then have a use for it.
absl::Status DropKeeper(pg::Connection& connection, const std::string& keeper) {
  ASSIGN_OR_RETURN(const pg::Result members,
                   connection.Query("SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = "
                                    "(SELECT oid FROM pg_roles WHERE rolname = $1) AND member <> "
                                    "(SELECT oid FROM pg_roles WHERE rolname = current_user))",
                                    {keeper}));
  if (members.Bool(0, 0)) return absl::OkStatus();
  RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_keeper"));
  // Another database, restored from a dump of this one, may need it.
  if (connection.Run("DROP ROLE " + pg::QuoteIdentifier(keeper)).ok()) return absl::OkStatus();
  return connection.Run("ROLLBACK TO SAVEPOINT regraft_keeper");
}

// The lock in force without this plan's part; that of an earlier version is of one piece.
absl::StatusOr<std::vector<LockPart>> PartsWithout(const LockState& lock,
                                                   const std::string& plan_name) {
  if (lock.parts.empty() && lock.plan_name == plan_name) return lock.parts;
  std::vector<LockPart> kept = lock.parts;
  std::erase_if(kept, [&](const LockPart& part) { return part.plan_name == plan_name; });
  if (kept.size() < lock.parts.size()) return kept;
  return BadPlan(absl::StrCat("no plan ", plan_name, " has locked; those that have: ",
                              lock.parts.empty() ? lock.plan_name : NamesOf(lock.parts)));
}

absl::Status LockAgain(pg::Connection& connection, const std::vector<LockPart>& kept,
                       LiftReport* report) {
  FreezeReport now;
  RETURN_IF_ERROR(Establish(connection, kept, /*anew=*/false, &now));
  for (const LockPart& part : kept) report->stay.push_back(part.plan_name);
  return absl::OkStatus();
}

absl::Status TakeGuardAway(pg::Connection& connection) {
  RETURN_IF_ERROR(connection.Run("UPDATE regraft.registry SET frozen = false"));
  ASSIGN_OR_RETURN(const pg::Result guard,
                   connection.Execute("SELECT to_regprocedure('regraft_guard.arm()') IS NOT NULL"));
  if (guard.Bool(0, 0)) RETURN_IF_ERROR(connection.Run("SELECT regraft_guard.arm()"));
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.permit"));
  return connection.Run(DropGuard());
}

absl::Status LiftInside(pg::Connection& connection, const LiftOptions& options,
                        LiftReport* report) {
  *report = {};
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindWholeLock(connection));
  if (!lock.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckMayReplace(connection, *lock));
  std::vector<LockPart> kept;
  if (!options.plan_name.empty()) {
    ASSIGN_OR_RETURN(kept, PartsWithout(*lock, options.plan_name));
  }
  ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft unlock"));
  RETURN_IF_ERROR(EndLock(connection, *lock, options, &report->lost));
  RETURN_IF_ERROR(kept.empty() ? TakeGuardAway(connection) : LockAgain(connection, kept, report));
  if (permit.joined) RETURN_IF_ERROR(LeaveKeeper(connection, lock->keeper));
  return kept.empty() ? DropKeeper(connection, lock->keeper) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<LiftReport> Lift(pg::Connection& connection, const LiftOptions& options) {
  LiftReport report;
  RETURN_IF_ERROR(InTransaction(connection,
                                {.seconds = options.lock_wait_seconds, .say = options.say},
                                [&] { return LiftInside(connection, options, &report); }));
  SayLost(report.lost, options.say);
  return report;
}

absl::StatusOr<Window> OpenWindow(pg::Connection& connection, const LiftOptions& options,
                                  int64_t seconds) {
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindLock(connection));
  if (!lock.has_value()) return BadPlan("nothing is locked in this database");
  if (!lock->guarded)
    return BadPlan(
        "this lock consists of privileges alone, and nothing would end the window: unlock without "
        "--for, and lock again afterwards");
  Window window;
  RETURN_IF_ERROR(InTransaction(
      connection, {.seconds = options.lock_wait_seconds, .say = options.say},
      [&]() -> absl::Status {
        ASSIGN_OR_RETURN(
            const pg::Result opened,
            connection.Query("INSERT INTO regraft.unlock (opened_by, reason, expires_at) VALUES "
                             "($1, $2, clock_timestamp() + $3 * interval '1 s') RETURNING "
                             "opened_at, expires_at",
                             {options.by, options.reason, absl::StrCat(seconds)}));
        window = {.opened_at = opened.Text(0, 0), .expires_at = opened.Text(0, 1)};
        return absl::OkStatus();
      }));
  return window;
}

}  // namespace regraft::leaf_lock
