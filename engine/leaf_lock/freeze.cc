#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/establish.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/parts.h"
#include "engine/leaf_lock/permit.h"
#include "engine/ledger/schema.h"
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
  known.reserve(static_cast<size_t>(names.rows()));
  for (int row = 0; row < names.rows(); ++row) known.push_back(names.Value(row, 0));
  for (const std::string& schema : lock.schemas)
    if (std::find(known.begin(), known.end(), schema) == known.end())
      return BadPlan(absl::StrCat("line ", lock.place.line, ": lock.schemas: no schema ", schema,
                                  " that could be locked", plan::SuggestWord(schema, known)));
  return absl::OkStatus();
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

}  // namespace regraft::leaf_lock
