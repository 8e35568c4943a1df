#include "engine/apply/run.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::apply {
namespace {

using ledger::PlanAction;
using saved_plan::SavedAction;

bool IsWanted(const ApplyOptions& options, const std::string& id) {
  return options.only.empty() || options.only.contains(id);
}

// "Nothing to undo" in a database that the plan is not of would be taken for undone.
absl::Status CheckDatabase(Run* run) {
  ASSIGN_OR_RETURN(const catalog::DatabaseIdentity here,
                   catalog::ReadDatabaseIdentity(run->connection));
  const saved_plan::SavedPlan& plan = run->options.plan;
  if (int64_t{here.database_oid} == plan.database_oid) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("nothing was undone: the plan is of database ", plan.database, " (OID ",
                   plan.database_oid, "), this is ", here.database, " (OID ", here.database_oid,
                   "), where nothing of it was executed; next: the same command with the --dsn of ",
                   plan.database));
}

// What was built on an action is taken back before it.
absl::Status CheckNothingStandsOn(Run* run) {
  for (const SavedAction& action : run->options.plan.actions) {
    const PlanAction* row = run->Find(action.id);
    if (row == nullptr || row->state != "done" || IsWanted(run->options, action.id)) continue;
    for (const saved_plan::After& after : action.after)
      if (run->options.only.contains(after.id))
        return BadPlan(absl::StrCat("nothing was undone: ", action.id, " came after ", after.id,
                                    " (", after.reason, "); undo it too: --only ", after.id, " ",
                                    action.id));
  }
  return absl::OkStatus();
}

absl::Status Execute(Run* run, const SavedAction& action, PlanAction* row) {
  if (action.method == "copy") return UndoMerge(run, action, row);
  if (action.method == "fold") return UndoFold(run, action, row);
  if (action.method == "strict key" || action.method == "online key")
    return UndoKey(run, action, row);
  if (action.method != "question") return UndoMetadata(run, action, row);
  row->state = "undone";
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

// A merge that was interrupted or has failed may have left rows, a key a column.
bool HasDone(const Run& run, const PlanAction& row) {
  if (row.state == "done") return true;
  const SavedAction* saved = run.Saved(row.id);
  return saved != nullptr && (saved->method == "copy" || saved->method == "online key") &&
         (row.state == "running" || row.state == "failed");
}

absl::Status ListSteps(Run* run, const std::string& id, ActionReport* report) {
  ASSIGN_OR_RETURN(std::vector<ledger::PlanStep> steps,
                   ledger::ReadPlanSteps(run->connection, run->run_id, id));
  std::reverse(steps.begin(), steps.end());
  for (const ledger::PlanStep& step : steps)
    if (step.done && !step.undone && !step.undo.empty()) report->statements.push_back(step.undo);
  return absl::OkStatus();
}

// Last things go first, so the earliest action into a target is the one after which nothing of the
// plan is left in it.
bool IsLastIntoTarget(Run* run, const SavedAction& action) {
  const SavedAction* first = nullptr;
  for (const SavedAction& other : run->options.plan.actions) {
    const PlanAction* row = run->Find(other.id);
    if (other.target != action.target || row == nullptr || !HasDone(*run, *row)) continue;
    if (!IsWanted(run->options, other.id)) return false;
    if (first == nullptr) first = &other;
  }
  return first == &action;
}

// Rows leave by no statement that could be shown: which ones is proved at that moment.
absl::Status ListStatements(Run* run, const SavedAction& action, ActionReport* report) {
  const bool moves_rows = action.method == "copy" || action.method == "fold";
  if (moves_rows)
    report->statements.push_back(
        absl::StrCat("-- takes back what came of ", report->rows_target.value_or(0), " rows into ",
                     action.target, ", after proof that it is as it was written"));
  RETURN_IF_ERROR(ListSteps(run, action.id, report));
  if (!moves_rows || !IsLastIntoTarget(run, action)) return absl::OkStatus();
  return ListSteps(run, PreparationId({.table = action.target}), report);
}

// Nothing is left of the action, but its target may still be prepared for it: whatever came between
// the two has ended the program, or refused the second.
bool IsLeftPrepared(Run* run, const SavedAction& action) {
  const PlanAction* row = run->Find(action.id);
  if (row == nullptr || HasDone(*run, *row)) return false;
  if (action.method != "copy" && action.method != "fold") return false;
  const PlanAction* prepared = run->Find(PreparationId({.table = action.target}));
  return prepared != nullptr && prepared->state == "done";
}

absl::Status UndoOne(Run* run, const SavedAction& action) {
  PlanAction* row = run->Find(action.id);
  if (row == nullptr) return absl::OkStatus();
  if (!run->options.dry_run && IsLeftPrepared(run, action)) return UndoPreparation(run, action);
  if (!HasDone(*run, *row)) return absl::OkStatus();
  if (run->options.stop_wanted())
    return copy::Stopped(absl::StrCat("stopped on purpose before ", action.id,
                                      "; the same command goes on from there"));
  ActionReport* report = ReportOf(run, action.id);
  if (run->options.dry_run) return ListStatements(run, action, report);
  if (!run->options.confirm(absl::StrCat("Undo ", action.id, " (", action.kind, " ", action.source,
                                         action.target.empty() ? "" : " → ", action.target, ")?")))
    return WithKind(absl::CancelledError(absl::StrCat("stopped before ", action.id,
                                                      "; the same command goes on from here")),
                    FailureKind::kStopped);
  RETURN_IF_ERROR(CheckLock(run));
  const Stopwatch watch;
  const std::string state = row->state;
  const absl::Status undone = Execute(run, action, row);
  report->seconds = watch.seconds();
  if (!undone.ok()) {
    row->state = state;
    return Annotate(undone, absl::StrCat("undoing ", action.id));
  }
  report->touched = true;
  run->options.say(absl::StrCat(action.id, " undone"));
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, run->run_id));
  return absl::OkStatus();
}

// A schema that the run made, and that others use now.
absl::Status NameWhatStays(Run* run) {
  for (const PlanAction& action : run->actions) {
    if (action.state != "undone") continue;
    ASSIGN_OR_RETURN(const std::vector<ledger::PlanStep> steps,
                     ledger::ReadPlanSteps(run->connection, run->run_id, action.id));
    for (const ledger::PlanStep& step : steps)
      if (step.done && !step.undone && absl::StartsWith(step.sql, "CREATE SCHEMA "))
        run->options.say(absl::StrCat("what ", step.sql, " made is in use, and stays"));
  }
  return absl::OkStatus();
}

absl::Status UndoAll(Run* run) {
  RETURN_IF_ERROR(CheckNothingStandsOn(run));
  RETURN_IF_ERROR(UndoFreeze(run));
  const auto& actions = run->options.plan.actions;
  for (auto action = actions.rbegin(); action != actions.rend(); ++action)
    if (IsWanted(run->options, action->id)) RETURN_IF_ERROR(UndoOne(run, *action));
  return run->options.dry_run ? absl::OkStatus() : NameWhatStays(run);
}

absl::Status UndoPlan(const ApplyOptions& options, ApplyReport* report) {
  RETURN_IF_ERROR(CheckIds(options));
  ASSIGN_OR_RETURN(Run run, OpenRun(options, "undo", report));
  ASSIGN_OR_RETURN(const bool found, LoadRun(&run));
  if (!found) RETURN_IF_ERROR(CheckDatabase(&run));
  FillReport(&run);
  const auto& saved = options.plan.actions;
  const bool any = std::any_of(saved.begin(), saved.end(), [&](const SavedAction& action) {
    const PlanAction* row = run.Find(action.id);
    return row != nullptr && IsWanted(options, action.id) &&
           (HasDone(run, *row) || IsLeftPrepared(&run, action));
  });
  const PlanAction* freeze = run.Find(kFreezeId);
  const bool frozen = options.only.empty() && freeze != nullptr && freeze->state == "done";
  report->already_done = !found || (!any && !frozen);
  if (report->already_done) return absl::OkStatus();
  absl::Status status = UndoAll(&run);
  FillReport(&run);
  return status;
}

}  // namespace

absl::Status Undo(const ApplyOptions& options, ApplyReport* report) {
  return pg::NameLockTimeout(options.lock_wait_seconds, UndoPlan(options, report));
}

}  // namespace regraft::apply
