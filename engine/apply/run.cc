#include "engine/apply/run.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/lock.h"
#include "engine/ledger/apply_lock.h"
#include "engine/ledger/schema.h"
#include "engine/plan/nearest_word.h"
#include "engine/plan/read_plan.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::apply {
namespace {

constexpr const char* kSessionsKey = "regraft.apply.sessions";

absl::Status RecordFailure(Run* run, ledger::PlanAction* row, const absl::Status& status) {
  row->state = "failed";
  row->error = absl::StrCat(status.message());
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

// A session that is lost while it commits leaves open whether it has. FOR UPDATE waits until the
// server knows.
absl::StatusOr<bool> IsDoneAllTheSame(Run* run, ledger::PlanAction* row) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   run->connection.Query("SELECT state FROM regraft.plan_action WHERE run_id = $1 "
                                         "AND action_id = $2 FOR UPDATE",
                                         {absl::StrCat(run->run_id), row->id}));
  if (found.rows() == 0 || found.Text(0, 0) != "done") return false;
  ASSIGN_OR_RETURN(const auto actions, ledger::ReadPlanActions(run->connection, run->run_id));
  for (const ledger::PlanAction& action : actions)
    if (action.id == row->id) *row = action;
  return true;
}

}  // namespace

absl::Status CheckLock(Run* run) {
  return Annotate(run->lock.Run("SELECT"),
                  "the session is lost that keeps other programs away; the same command continues");
}

absl::Status JoinSessions(pg::Connection& connection) {
  return copy::JoinSessions(connection, kSessionsKey);
}

ledger::PlanAction* Run::Find(const std::string& id) {
  const auto found = std::find_if(actions.begin(), actions.end(),
                                  [&](const auto& action) { return action.id == id; });
  return found == actions.end() ? nullptr : &*found;
}

const saved_plan::SavedAction* Run::Saved(const std::string& id) const {
  const auto& all = options.plan.actions;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& action) { return action.id == id; });
  return found == all.end() ? nullptr : &*found;
}

absl::StatusOr<Run> OpenRun(const ApplyOptions& options, const std::string& verb,
                            ApplyReport* report) {
  ASSIGN_OR_RETURN(plan::Plan plan, plan::ReadPlan(options.plan.plan_text, options.file));
  pg::ConnectOptions connect = options.connect;
  connect.role = verb + "-lock";
  ASSIGN_OR_RETURN(pg::Connection lock, pg::Connection::Open(connect));
  RETURN_IF_ERROR(ledger::TakeApplyLock(lock, options.lock_wait_seconds, options.say));
  RETURN_IF_ERROR(copy::EndSessions(lock, kSessionsKey, {options.lock_wait_seconds, options.say}));
  connect.role = verb;
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(connect));
  RETURN_IF_ERROR(JoinSessions(connection));
  // For what stands outside of transactions that have a limit of their own.
  RETURN_IF_ERROR(connection.Run(
      absl::StrCat("SET lock_timeout = ", std::max(1, 1000 * options.lock_wait_seconds))));
  return Run{.options = options,
             .report = report,
             .plan = std::move(plan),
             .connection = std::move(connection),
             .lock = std::move(lock),
             .actions = {},
             .state = {}};
}

absl::StatusOr<bool> LoadRun(Run* run) {
  ASSIGN_OR_RETURN(const bool has_actions, ledger::HasPlanActions(run->connection));
  if (!has_actions) return false;
  ASSIGN_OR_RETURN(const auto run_id,
                   ledger::FindPlanRun(run->connection, run->options.plan.sha256));
  if (!run_id.has_value()) return false;
  run->run_id = *run_id;
  ASSIGN_OR_RETURN(run->actions, ledger::ReadPlanActions(run->connection, *run_id));
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, *run_id));
  return true;
}

absl::Status CheckIds(const ApplyOptions& options) {
  for (const auto& action : options.plan.actions)
    if (action.method == "repair" || action.method == "export")
      return BadPlan(absl::StrCat(options.file, " is a proposal of repairs: regraft clean ",
                                  options.file, "; regraft clean --undo ", action.id));
  std::vector<std::string_view> ids;
  for (const auto& action : options.plan.actions) ids.push_back(action.id);
  for (const std::string& id : options.only)
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      return BadPlan(
          absl::StrCat("--only ", id, ": the plan has no such action", plan::SuggestWord(id, ids)));
  return absl::OkStatus();
}

absl::Status EndAction(Run* run, const absl::Status& done, const ledger::PlanAction& before,
                       ledger::PlanAction* row) {
  if (done.ok()) {
    run->options.say(absl::StrCat(row->id, " done"));
    return absl::OkStatus();
  }
  const bool begun = row->state == "running";
  *row = before;
  if (begun) row->state = "running";
  if (absl::IsCancelled(done)) return done;
  const auto all_the_same = IsDoneAllTheSame(run, row);
  if (all_the_same.ok() && *all_the_same) {
    run->options.say(
        absl::StrCat(row->id, " done, although its session was lost: ", done.message()));
    return absl::OkStatus();
  }
  run->options.say(absl::StrCat(row->id, " failed: ", done.message()));
  if (KindOf(done) != FailureKind::kLock)
    return RecordFailure(run, row, done).ok() ? absl::OkStatus() : done;
  run->locked_out = true;
  return absl::OkStatus();
}

ActionReport* ReportOf(Run* run, const std::string& id) {
  for (ActionReport& report : run->report->actions)
    if (report.id == id) return &report;
  return nullptr;
}

void ReportAction(const ledger::PlanAction& row, ActionReport* report) {
  report->state = row.state;
  report->rows_source = row.rows_source;
  report->rows_target = row.rows_target;
  report->rows_remainder = row.rows_remainder;
  report->remainder_table = row.remainder_table;
  if (row.state == "failed") report->words = row.error;
  if (row.state == "done" || row.state == "undone") report->words.clear();
}

void FillReport(Run* run) {
  run->report->run_id = run->run_id;
  std::vector<ActionReport> before = std::move(run->report->actions);
  run->report->actions.clear();
  for (const saved_plan::SavedAction& saved : run->options.plan.actions) {
    ActionReport report{.id = saved.id,
                        .kind = saved.kind,
                        .source = saved.source,
                        .target = saved.target,
                        .state = "waiting"};
    for (const ActionReport& old : before)
      if (old.id == saved.id) report = old;
    if (const ledger::PlanAction* row = run->Find(saved.id); row != nullptr)
      ReportAction(*row, &report);
    if (saved.state == "blocked") {
      report.state = "blocked";
      report.words = "by the question " + saved.blocked_by;
    }
    run->report->actions.push_back(std::move(report));
  }
  const ledger::PlanAction* freeze = run->Find(kFreezeId);
  if (freeze == nullptr) return;
  ActionReport report{.id = kFreezeId, .kind = freeze->kind, .source = freeze->source};
  for (const ActionReport& old : before)
    if (old.id == kFreezeId) report = old;
  ReportAction(*freeze, &report);
  run->report->actions.push_back(std::move(report));
}

}  // namespace regraft::apply
