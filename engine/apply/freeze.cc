// The plan's last step: the leaf lock that keeps the result as it is.

#include "engine/apply/run.h"
#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/leaf_lock.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::apply {
namespace {

bool IsAllDone(const Run& run) {
  return std::all_of(run.actions.begin(), run.actions.end(), [&](const auto& action) {
    const saved_plan::SavedAction* saved = run.Saved(action.id);
    return saved == nullptr || saved->state == "blocked" || action.state == "done";
  });
}

// By this the undo knows its own lock.
std::string Locker(const Run& run) { return absl::StrCat("run ", run.run_id); }

// The part of the lock in force that this run has made.
const leaf_lock::LockPart* OwnPart(const Run& run, const leaf_lock::LockState& lock) {
  const auto found = std::find_if(lock.parts.begin(), lock.parts.end(),
                                  [&](const auto& part) { return part.locked_by == Locker(run); });
  return found == lock.parts.end() ? nullptr : &*found;
}

absl::Status Freeze(Run* run, ledger::PlanAction* row) {
  leaf_lock::FreezeReport report;
  RETURN_IF_ERROR(
      leaf_lock::Freeze(run->connection, *run->plan.lock,
                        {.plan_name = run->plan.name.empty() ? run->options.file : run->plan.name,
                         .by = Locker(*run),
                         .reserve = true,  // what a question keeps waiting is not there yet
                         .lock_wait_seconds = run->options.lock_wait_seconds,
                         .say = run->options.say},
                        &report));
  row->state = "done";
  row->error.clear();
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

}  // namespace

absl::Status ApplyFreeze(Run* run) {
  ledger::PlanAction* row = run->Find(kFreezeId);
  if (row == nullptr || row->state == "done" || !run->options.only.empty()) return absl::OkStatus();
  ActionReport* report = ReportOf(run, kFreezeId);
  report->words = "comes after all others";
  if (!IsAllDone(*run)) return absl::OkStatus();
  if (run->options.stop_wanted())
    return copy::Stopped("stopped on purpose before the leaf lock; the same command goes on");
  report->state = "running";
  run->options.on_action(*report);
  const Stopwatch watch;
  const ledger::PlanAction before = *row;
  const absl::Status done = Freeze(run, row);
  report->touched = true;
  report->seconds = watch.seconds();
  RETURN_IF_ERROR(EndAction(run, done, before, row));
  ReportAction(*row, report);
  run->options.on_action(*report);
  return absl::OkStatus();
}

absl::Status UndoFreeze(Run* run) {
  ledger::PlanAction* row = run->Find(kFreezeId);
  if (row == nullptr || row->state != "done" || !run->options.only.empty()) return absl::OkStatus();
  if (run->options.dry_run) {
    ReportOf(run, kFreezeId)->statements.push_back("-- lifts the lock");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto lock, leaf_lock::FindWholeLock(run->connection));
  const leaf_lock::LockPart* part = lock.has_value() ? OwnPart(*run, *lock) : nullptr;
  const bool ours = part != nullptr || (lock.has_value() && lock->locked_by == Locker(*run));
  if (lock.has_value() && !ours)
    run->options.say(absl::StrCat("the leaf lock in force is that of ", lock->locked_by, " (",
                                  lock->plan_name, "), not of this run: it stays"));
  if (ours && !run->options.confirm("Lift the leaf lock?"))
    return copy::Stopped("stopped before the leaf lock was lifted");
  if (ours) {
    RETURN_IF_ERROR(
        leaf_lock::Lift(run->connection, {.by = Locker(*run),
                                          .reason = "undo of the plan that locked",
                                          .plan_name = part != nullptr ? part->plan_name : "",
                                          .lock_wait_seconds = run->options.lock_wait_seconds,
                                          .say = run->options.say})
            .status());
    run->options.say("the leaf lock is lifted");
  }
  row->state = "undone";
  RETURN_IF_ERROR(ledger::UpdatePlanAction(run->connection, run->run_id, *row));
  ReportAction(*row, ReportOf(run, kFreezeId));
  return absl::OkStatus();
}

}  // namespace regraft::apply
