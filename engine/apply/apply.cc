#include "engine/apply/apply.h"

#include "engine/apply/run.h"
#include "engine/approval/approval.h"
#include "engine/approval/judge.h"
#include "engine/approval/staleness.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::apply {
namespace {

using ledger::PlanAction;
using saved_plan::SavedAction;

bool IsBlocked(const SavedAction& action) { return action.state == "blocked"; }

bool IsWanted(const ApplyOptions& options, const std::string& id) {
  return options.only.empty() || options.only.contains(id);
}

// Something taken back closes a run: what comes then is another one, and needs an approval.
bool IsClosed(const Run& run) {
  return std::any_of(run.actions.begin(), run.actions.end(),
                     [](const PlanAction& action) { return action.state == "undone"; });
}

bool IsFinished(const Run& run) {
  const bool frozen = std::all_of(run.actions.begin(), run.actions.end(), [](const auto& action) {
    return action.kind != "freeze" || action.state == "done";
  });
  return !run.actions.empty() && frozen &&
         std::all_of(run.options.plan.actions.begin(), run.options.plan.actions.end(),
                     [&](const SavedAction& saved) {
                       if (IsBlocked(saved)) return true;
                       const auto row = std::find_if(
                           run.actions.begin(), run.actions.end(),
                           [&](const PlanAction& action) { return action.id == saved.id; });
                       return row != run.actions.end() && row->state == "done";
                     });
}

absl::Status PassGate(Run* run) {
  const ApplyOptions& options = run->options;
  ASSIGN_OR_RETURN(std::vector<std::string> reasons,
                   approval::StaleReasons(run->connection, options.plan));
  const approval::Candidate candidate{
      .plan = options.plan, .stale_reasons = std::move(reasons), .file = options.file};
  ASSIGN_OR_RETURN(const approval::Gate gate, approval::CheckGate(run->connection, candidate));
  if (!gate.open()) return approval::Closed(gate);
  if (!options.confirm(absl::StrCat(gate.words, ". Start now?")))
    return WithKind(absl::CancelledError("nothing was done: it was not wanted now"),
                    FailureKind::kStopped);
  RETURN_IF_ERROR(ledger::Install(run->connection));
  ASSIGN_OR_RETURN(run->run_id, approval::Consume(run->connection, candidate));
  return absl::OkStatus();
}

// What the run begins with: its actions, and each relation as the plan found it.
absl::Status StoreBeginning(Run* run) {
  std::vector<PlanAction> actions;
  for (const auto& preparation : run->options.plan.preparations)
    actions.push_back({.id = PreparationId(preparation),
                       .position = static_cast<int>(actions.size()) + 1,
                       .kind = "prepare",
                       .source = preparation.table});
  for (const SavedAction& saved : run->options.plan.actions)
    actions.push_back({.id = saved.id,
                       .position = static_cast<int>(actions.size()) + 1,
                       .kind = saved.kind,
                       .source = saved.source,
                       .target = saved.target,
                       .discriminator = saved.discriminator,
                       .source_oid = saved.source_oid,
                       .target_oid = saved.target_oid,
                       .blocked_by = !IsBlocked(saved)          ? ""
                                     : saved.blocked_by.empty() ? saved.id
                                                                : saved.blocked_by});
  std::vector<catalog::Dossier> dossiers;
  for (const auto& relation : run->options.plan.fingerprint) {
    if (relation.oid == 0) continue;
    ASSIGN_OR_RETURN(pg::QualifiedName name, pg::ParseQualifiedName(relation.relation));
    dossiers.push_back({.oid = relation.oid, .name = std::move(name), .facts = relation.facts});
  }
  ASSIGN_OR_RETURN(const std::string document, saved_plan::WriteSavedPlan(run->options.plan));
  if (run->plan.lock.has_value())
    actions.push_back({.id = kFreezeId,
                       .position = static_cast<int>(actions.size()) + 1,
                       .kind = "freeze",
                       .source = absl::StrJoin(run->plan.lock->schemas, ", ")});
  return InTransaction(run, [&]() -> absl::Status {
    RETURN_IF_ERROR(ledger::StoreSavedPlan(run->connection, run->options.plan.sha256, document));
    RETURN_IF_ERROR(ledger::InsertPlanActions(run->connection, run->run_id, actions));
    return ledger::StoreDossiers(run->connection, run->run_id, dossiers);
  });
}

absl::Status Begin(Run* run) {
  ASSIGN_OR_RETURN(const bool found, LoadRun(run));
  run->report->resumed = found && !IsClosed(*run);
  run->report->already_done = run->report->resumed && IsFinished(*run);
  if (run->report->already_done) return absl::OkStatus();
  // A run that goes on may have been begun by an older program.
  RETURN_IF_ERROR(run->report->resumed ? ledger::Install(run->connection) : PassGate(run));
  if (!run->report->resumed || run->actions.empty()) {
    RETURN_IF_ERROR(StoreBeginning(run));
    RETURN_IF_ERROR(LoadRun(run).status());
  } else {
    run->options.say(absl::StrCat("continuing run ", run->run_id));
  }
  return absl::OkStatus();
}

// The first of those that it comes after and that are not done; empty: none.
std::string WaitsFor(Run* run, const SavedAction& action) {
  for (const saved_plan::After& after : action.after) {
    const PlanAction* row = run->Find(after.id);
    if (row != nullptr && row->state != "done") return after.id;
  }
  return "";
}

absl::Status Execute(Run* run, const SavedAction& action, PlanAction* row) {
  if (action.method == "copy") return ApplyMerge(run, action, row);
  if (action.method == "fold") return ApplyFold(run, action, row);
  if (action.method == "strict key") return ApplyKey(run, action, row);
  if (action.method == "online key") return ApplyOnlineKey(run, action, row);
  if (action.method != "question") return ApplyMetadata(run, action, row);
  row->state = "done";  // answered: its option's actions stand beside it
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

// Errors: what stops everything.
absl::Status ApplyOne(Run* run, const SavedAction& action) {
  PlanAction* row = run->Find(action.id);
  if (row == nullptr || row->state == "done" || IsBlocked(action)) return absl::OkStatus();
  ActionReport* report = ReportOf(run, action.id);
  if (const std::string first = WaitsFor(run, action); !first.empty()) {
    report->words = absl::StrCat("comes after ", first, ", which is not done");
    return absl::OkStatus();
  }
  if (run->options.stop_wanted())
    return copy::Stopped(absl::StrCat("stopped on purpose before ", action.id,
                                      "; the same command goes on from there"));
  RETURN_IF_ERROR(CheckLock(run));
  report->state = "running";
  run->options.on_action(*report);
  const PlanAction before = *row;
  const Stopwatch watch;
  const absl::Status done =
      pg::NameLockTimeout(run->options.lock_wait_seconds, Execute(run, action, row));
  report->touched = true;
  report->seconds = watch.seconds();
  RETURN_IF_ERROR(EndAction(run, done, before, row));
  ReportAction(*row, report);
  if (KindOf(done) == FailureKind::kLock) report->words = absl::StrCat(done.message());
  run->options.on_action(*report);
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, run->run_id));
  return absl::OkStatus();
}

absl::Status Conclude(const Run& run) {
  std::vector<std::string> failures, waiting;
  for (const ActionReport& action : run.report->actions) {
    if (!IsWanted(run.options, action.id)) continue;
    if (action.state == "failed") failures.push_back(absl::StrCat(action.id, ": ", action.words));
    if (action.state == "waiting" || action.state == "running")
      waiting.push_back(absl::StrCat(action.id, " ", action.words));
  }
  if (failures.empty() && waiting.empty()) return absl::OkStatus();
  const bool locks_alone = failures.empty() && run.locked_out;
  const absl::Status status = absl::AbortedError(absl::StrCat(
      locks_alone        ? "nothing failed, but others held locks; the same command is safe"
      : failures.empty() ? "not all could be done"
                         : absl::StrCat(failures.size(), " failed"),
      failures.empty() ? "" : ":\n  - ", absl::StrJoin(failures, "\n  - "),
      waiting.empty() ? "" : "\nnot done:\n  - ", absl::StrJoin(waiting, "\n  - "),
      locks_alone ? "\nnext: regraft apply " : "\nnext: cure that, then regraft apply ",
      run.options.file, "; or regraft undo ", run.options.file));
  return locks_alone ? WithKind(status, FailureKind::kLock) : status;
}

absl::Status ApplyAll(const ApplyOptions& options, ApplyReport* report) {
  RETURN_IF_ERROR(CheckIds(options));
  ASSIGN_OR_RETURN(Run run, OpenRun(options, "apply", report));
  const absl::Status begun = Begin(&run);
  FillReport(&run);
  RETURN_IF_ERROR(begun);
  if (report->already_done) return absl::OkStatus();
  absl::Status status;
  for (const SavedAction& action : options.plan.actions)
    if (status.ok() && IsWanted(options, action.id)) status = ApplyOne(&run, action);
  if (status.ok()) status = ApplyFreeze(&run);
  FillReport(&run);
  return status.ok() ? Conclude(run) : status;
}

}  // namespace

absl::Status Apply(const ApplyOptions& options, ApplyReport* report) {
  return pg::NameLockTimeout(options.lock_wait_seconds, ApplyAll(options, report));
}

}  // namespace regraft::apply
