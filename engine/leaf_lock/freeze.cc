#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/guard.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/parts.h"
#include "engine/leaf_lock/permit.h"
#include "engine/leaf_lock/registry.h"
#include "engine/leaf_lock/run_entries.h"
#include "engine/ledger/schema.h"
#include "engine/pg/identifier.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::leaf_lock {
namespace {

absl::Status CheckSchemas(pg::Connection& connection, const plan::Lock& lock) {
  ASSIGN_OR_RETURN(
      const pg::Result names,
      connection.Execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND "
                         "nspname NOT IN ('information_schema', 'regraft', "
                         "'regraft_guard') ORDER BY 1"));
  std::vector<std::string_view> known;
  for (int row = 0; row < names.rows(); ++row) known.push_back(names.Value(row, 0));
  for (const std::string& schema : lock.schemas)
    if (std::find(known.begin(), known.end(), schema) == known.end())
      return BadPlan(absl::StrCat("line ", lock.place.line, ": lock.schemas: no schema ", schema,
                                  " that could be locked", plan::SuggestWord(schema, known)));
  return absl::OkStatus();
}

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

// Ends the lock in force but for the guard, which a next one needs again at once.
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

// Otherwise what has changed there would become what is frozen.
absl::Status CheckNoDrift(pg::Connection& connection, const std::vector<LockPart>& kept) {
  CheckReport report;
  RETURN_IF_ERROR(CheckInside(connection, &report));
  if (report.drift.empty()) return absl::OkStatus();
  const Drift& first = report.drift[0];
  return Differences(absl::StrCat("nothing was locked: the lock of ", NamesOf(kept),
                                  ", which would stay beside this one, has drifted: ", first.rule,
                                  " ", first.object, ": ", first.what,
                                  "; next: regraft lock --check, and the same command again"));
}

// Makes these parts the lock in force. `anew`: what stands there now is what is frozen; otherwise
// what was frozen stays so.
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

absl::Status CheckMayReplace(pg::Connection& connection, const LockState& before) {
  ASSIGN_OR_RETURN(const bool superuser, IsSuperuser(connection));
  if (superuser || !before.guarded) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "a superuser made the lock in force; only a superuser can replace it, or drop its event "
      "triggers");
}

absl::Status FreezeInside(pg::Connection& connection, const plan::Lock& plan,
                          const FreezeOptions& options, FreezeReport* report) {
  *report = {};
  RETURN_IF_ERROR(CheckSchemas(connection, plan));
  const LockPart next{.plan_name = options.plan_name,
                      .locked_by = options.by,
                      .lock = plan,
                      .reserve = options.reserve};
  ASSIGN_OR_RETURN(const std::optional<LockState> before, FindWholeLock(connection));
  std::vector<LockPart> parts;
  report->again = before.has_value();
  bool joined = false;
  if (before.has_value()) {
    ASSIGN_OR_RETURN(parts, PartsBeside(*before, next));
    RETURN_IF_ERROR(CheckMayReplace(connection, *before));
    if (!parts.empty()) RETURN_IF_ERROR(CheckNoDrift(connection, parts));
    for (const LockPart& part : parts) report->beside.push_back(part.plan_name);
    ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft lock"));
    joined = permit.joined;
    RETURN_IF_ERROR(
        EndLock(connection, *before, {.by = options.by, .reason = "locked again"}, &report->lost));
  }
  parts.push_back(next);
  RETURN_IF_ERROR(Establish(connection, parts, /*anew=*/true, report));
  return joined ? LeaveKeeper(connection, report->lock.keeper) : absl::OkStatus();
}

void SayLost(const std::vector<std::string>& lost,
             const std::function<void(const std::string&)>& say) {
  for (const std::string& words : lost) say("could not be given back: " + words);
}

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

// The lock in force without this plan's part.
absl::StatusOr<std::vector<LockPart>> PartsWithout(const LockState& lock,
                                                   const std::string& plan_name) {
  std::vector<LockPart> kept = lock.parts;
  std::erase_if(kept, [&](const LockPart& part) { return part.plan_name == plan_name; });
  if (kept.size() < lock.parts.size()) return kept;
  return BadPlan(absl::StrCat("no plan ", plan_name, " has locked; those that have: ",
                              lock.parts.empty() ? lock.plan_name : NamesOf(lock.parts)));
}

absl::Status LiftPart(pg::Connection& connection, const LockState& lock,
                      const std::vector<LockPart>& kept, const LiftOptions& options,
                      LiftReport* report) {
  ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft unlock"));
  RETURN_IF_ERROR(EndLock(connection, lock, options, &report->lost));
  FreezeReport now;
  RETURN_IF_ERROR(Establish(connection, kept, /*anew=*/false, &now));
  for (const LockPart& part : kept) report->stay.push_back(part.plan_name);
  return permit.joined ? LeaveKeeper(connection, lock.keeper) : absl::OkStatus();
}

absl::Status LiftInside(pg::Connection& connection, const LiftOptions& options,
                        LiftReport* report) {
  *report = {};
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindWholeLock(connection));
  if (!lock.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckMayReplace(connection, *lock));
  if (!options.plan_name.empty()) {
    ASSIGN_OR_RETURN(const std::vector<LockPart> kept, PartsWithout(*lock, options.plan_name));
    if (!kept.empty()) return LiftPart(connection, *lock, kept, options, report);
  }
  ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft unlock"));
  RETURN_IF_ERROR(EndLock(connection, *lock, options, &report->lost));
  RETURN_IF_ERROR(connection.Run("UPDATE regraft.registry SET frozen = false"));
  ASSIGN_OR_RETURN(const pg::Result guard,
                   connection.Execute("SELECT to_regprocedure('regraft_guard.arm()') IS NOT NULL"));
  if (guard.Bool(0, 0)) RETURN_IF_ERROR(connection.Run("SELECT regraft_guard.arm()"));
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.permit"));
  RETURN_IF_ERROR(connection.Run(DropGuard()));
  if (permit.joined) RETURN_IF_ERROR(LeaveKeeper(connection, lock->keeper));
  return DropKeeper(connection, lock->keeper);
}

}  // namespace

absl::Status Freeze(pg::Connection& connection, const plan::Lock& lock,
                    const FreezeOptions& options, FreezeReport* report) {
  RETURN_IF_ERROR(ledger::Install(connection));
  RETURN_IF_ERROR(InTransaction(connection,
                                {.seconds = options.lock_wait_seconds, .say = options.say},
                                [&] { return FreezeInside(connection, lock, options, report); }));
  SayLost(report->lost, options.say);
  return absl::OkStatus();
}

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
