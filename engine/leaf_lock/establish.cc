#include "engine/leaf_lock/establish.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/guard.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/parts.h"
#include "engine/leaf_lock/registry.h"
#include "engine/leaf_lock/run_entries.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

absl::Status MakeKeeper(pg::Connection& connection, const std::string& keeper) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query("SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = $1",
                       {keeper}));
  if (found.rows() > 0 && found.Bool(0, 0))
    return absl::FailedPreconditionError(
        absl::StrCat("the role ", keeper,
                     " can log in or is a superuser: then it keeps nothing; "
                     "next: ALTER ROLE ",
                     pg::QuoteIdentifier(keeper), " NOLOGIN NOSUPERUSER"));
  if (found.rows() > 0) return absl::OkStatus();
  const std::string sql = absl::StrCat("CREATE ROLE ", pg::QuoteIdentifier(keeper), " NOLOGIN");
  return Annotate(connection.Run(sql),
                  absl::StrCat("the locked schemas need an owner that nobody logs in as; whoever "
                               "administers roles must run: ",
                               sql, "; GRANT ", pg::QuoteIdentifier(keeper),
                               " TO CURRENT_USER WITH ADMIN OPTION"));
}

absl::Status Record(pg::Connection& connection, LockState* lock) {
  ASSIGN_OR_RETURN(
      const pg::Result row,
      connection.Query(
          "INSERT INTO regraft.leaf_lock (keeper, guarded, plan_name, locked_by) "
          "VALUES ($1, $2, $3, $4) RETURNING lock_id, locked_at",
          {lock->keeper, lock->guarded ? "true" : "false", lock->plan_name, lock->locked_by}));
  lock->lock_id = row.Int64(0, 0);
  lock->locked_at = row.Text(0, 1);
  for (const std::string& schema : lock->schemas)
    RETURN_IF_ERROR(
        connection.Query("INSERT INTO regraft.locked_schema VALUES ($1)", {schema}).status());
  return absl::OkStatus();
}

absl::Status Count(pg::Connection& connection, FreezeReport* report) {
  ASSIGN_OR_RETURN(
      const pg::Result counts,
      connection.Execute("SELECT count(*) FILTER (WHERE leaf_type <> 'UNCLASSIFIED'), count(*) "
                         "FILTER (WHERE leaf_type = 'UNCLASSIFIED'), count(*) FILTER (WHERE "
                         "relation IS NULL) FROM regraft.registry"));
  report->registered = counts.Int64(0, 0);
  report->unclassified = counts.Int64(0, 1);
  report->reserved = counts.Int64(0, 2);
  ASSIGN_OR_RETURN(const pg::Result steps,
                   connection.Query("SELECT sql FROM regraft.leaf_lock_step WHERE lock_id = $1 "
                                    "ORDER BY step",
                                    {absl::StrCat(report->lock.lock_id)}));
  for (int row = 0; row < steps.rows(); ++row) report->statements.push_back(steps.Text(row, 0));
  return absl::OkStatus();
}

absl::Status CheckHolds(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const std::vector<BrokenRule> broken, BrokenRules(connection));
  std::string words;
  for (const BrokenRule& rule : broken) absl::StrAppend(&words, "\n  ", rule.words);
  if (!broken.empty())
    return BadPlan(absl::StrCat("lock.cardinality does not hold:", words,
                                "\nnext: change lock.leaves or lock.cardinality"));
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Execute("SELECT object, what FROM regraft_guard.violations(NULL)"));
  if (found.rows() == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(found.Text(0, 0), ": ", found.Text(0, 1), ", although it was just recorded"));
}

}  // namespace

absl::Status CheckMayReplace(pg::Connection& connection, const LockState& before) {
  ASSIGN_OR_RETURN(const bool superuser, IsSuperuser(connection));
  if (superuser || !before.guarded) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "a superuser made the lock in force; only a superuser can replace it, or drop its event "
      "triggers");
}

absl::Status EndLock(pg::Connection& connection, const LockState& lock, const LiftOptions& options,
                     std::vector<std::string>* lost) {
  RETURN_IF_ERROR(GiveBackPrivileges(connection, lock, lost));
  RETURN_IF_ERROR(
      connection.Run("DELETE FROM regraft.locked_schema; UPDATE regraft.unlock SET expires_at = "
                     "clock_timestamp() WHERE expires_at > clock_timestamp()"));
  return connection
      .Query(
          "UPDATE regraft.leaf_lock SET lifted_at = clock_timestamp(), lifted_by = $2, "
          "lift_reason = $3, lift_session_role = session_user WHERE lock_id = $1",
          {absl::StrCat(lock.lock_id), options.by, options.reason})
      .status();
}

absl::Status Establish(pg::Connection& connection, const std::vector<LockPart>& parts, bool anew,
                       FreezeReport* report) {
  LockState& lock = report->lock;
  lock = {.plan_name = NamesOf(parts),
          .locked_by = LockersOf(parts),
          .schemas = SchemasOf(parts),
          .parts = parts};
  ASSIGN_OR_RETURN(lock.guarded, IsSuperuser(connection));
  ASSIGN_OR_RETURN(lock.keeper, KeeperName(connection));
  RETURN_IF_ERROR(MakeKeeper(connection, lock.keeper));
  ASSIGN_OR_RETURN(const bool joined, JoinKeeper(connection, lock.keeper));
  RETURN_IF_ERROR(Record(connection, &lock));
  RETURN_IF_ERROR(StoreParts(connection, lock.lock_id, parts));
  RETURN_IF_ERROR(anew ? FillRegistry(connection, parts) : StoreRules(connection, parts));
  RETURN_IF_ERROR(RegisterRemainders(connection));
  RETURN_IF_ERROR(TakePrivileges(connection, lock));
  RETURN_IF_ERROR(connection.Run(CreateGuard()));
  RETURN_IF_ERROR(connection.Run(
      absl::StrCat("GRANT USAGE ON SCHEMA regraft_guard TO ", pg::QuoteIdentifier(lock.keeper),
                   "; GRANT EXECUTE ON FUNCTION regraft_guard.adopt(text), "
                   "regraft_guard.violations(oid[]), regraft_guard.own_locks() TO ",
                   pg::QuoteIdentifier(lock.keeper))));
  RETURN_IF_ERROR(
      connection.Run(absl::StrCat("SELECT regraft_guard.adopt('", anew ? "lock" : "run", "')")));
  if (anew) RETURN_IF_ERROR(CheckHolds(connection));
  if (lock.guarded) RETURN_IF_ERROR(connection.Run(CreateEventTriggers()));
  RETURN_IF_ERROR(Count(connection, report));
  // Not ClosePermit(): the guard was made anew meanwhile.
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.permit"));
  return joined ? LeaveKeeper(connection, lock.keeper) : absl::OkStatus();
}

void SayLost(const std::vector<std::string>& lost,
             const std::function<void(const std::string&)>& say) {
  for (const std::string& words : lost) say("could not be given back: " + words);
}

}  // namespace regraft::leaf_lock
