#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "engine/status/status.h"

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <set>

namespace regraft::status {
namespace {

using saved_plan::SavedAction;
using saved_plan::SavedPlan;

constexpr const char* kRun = R"sql(
SELECT run_id, plan_sha256, session_role, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ')
FROM regraft.plan_run WHERE $1 IN ('', plan_sha256) ORDER BY run_id DESC LIMIT 1
)sql";

// A merge's rows are its copy's chunks; of these, `recent` belong to the attempt that is going on.
constexpr const char* kActions = R"sql(
SELECT p.action_id, p.kind, p.source, p.target, p.state, coalesce(p.error, ''),
       coalesce(p.rows_source, d.rows), r.source_rows - r.remainder_rows, coalesce(r.state, ''),
       d.chunks, w.chunks, d.recent,
       extract(epoch FROM CASE p.state WHEN 'done' THEN p.finished_at WHEN 'running' THEN clock_timestamp() END
                          - p.started_at)::float8
FROM regraft.plan_action p
LEFT JOIN LATERAL (
  SELECT r.* FROM regraft.copy c JOIN regraft.run r USING (copy_id)
  WHERE p.kind = 'merge' AND p.state IN ('running', 'failed') AND r.state <> 'discarded'
    AND c.source_oid = p.source_oid AND c.target_oid = p.target_oid AND c.provenance = p.discriminator
  ORDER BY r.run_id DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS chunks, coalesce(sum(d.rows), 0)::bigint AS rows,
         sum(d.rows) FILTER (WHERE d.finished_at >= p.started_at)::bigint AS recent
  FROM regraft.chunk_done d WHERE d.run_id = r.run_id HAVING r.run_id IS NOT NULL) d ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS chunks FROM regraft.chunk w WHERE w.run_id = r.run_id HAVING r.run_id IS NOT NULL) w ON true
WHERE p.run_id = $1 ORDER BY p.position
)sql";

std::optional<double> Seconds(const pg::Result& result, int row, int column) {
  double seconds = 0;
  return absl::SimpleAtod(result.Text(row, column), &seconds) ? std::optional(seconds)
                                                              : std::nullopt;
}

std::string Phase(std::string_view copy_state) {
  if (copy_state == "copying") return "copying";
  return copy_state == "copied" ? "verifying" : "";
}

void Estimate(const std::optional<int64_t>& recent, ActionStatus* action) {
  if (action->state != "running" || !recent.has_value() || action->seconds.value_or(0) <= 0) return;
  action->rows_per_second = static_cast<double>(*recent) / *action->seconds;
  const int64_t left = action->rows_expected.value_or(0) - action->rows_done.value_or(0);
  if (*recent > 0 && left >= 0 && action->phase == "copying")
    action->seconds_left = static_cast<double>(left) / *action->rows_per_second;
}

ActionStatus FromRow(const pg::Result& result, int row) {
  ActionStatus action{.id = result.Text(row, 0),
                      .kind = result.Text(row, 1),
                      .source = result.Text(row, 2),
                      .target = result.Text(row, 3),
                      .state = result.Text(row, 4),
                      .error = result.Text(row, 5),
                      .rows_done = result.OptionalInt64(row, 6),
                      .rows_expected = result.OptionalInt64(row, 7),
                      .chunks_done = result.OptionalInt64(row, 9),
                      .chunks = result.OptionalInt64(row, 10),
                      .seconds = Seconds(result, row, 12)};
  if (action.state == "running") action.phase = Phase(result.Value(row, 8));
  return action;
}

bool IsDone(const RunStatus& status, const std::string& id) {
  return std::none_of(status.actions.begin(), status.actions.end(), [&](const auto& action) {
    return action.id == id && action.state != "done";
  });
}

// What the approved plan says of an action that is not done.
void AddPlanned(const SavedAction& saved, const RunStatus& status, ActionStatus* action) {
  if (saved.method == "copy" || saved.method == "fold") {
    if (!action->rows_expected.has_value()) action->rows_expected = saved.rows;
  }
  if (saved.state == "blocked") {
    action->state = "blocked";
    action->question = saved.blocked_by.empty() ? saved.id : saved.blocked_by;
  }
  if (action->state != "waiting") return;
  for (const saved_plan::After& after : saved.after)
    if (!IsDone(status, after.id)) action->comes_after.push_back(after.id);
}

absl::StatusOr<SavedPlan> PlanOf(pg::Connection& connection, const std::string& sha256) {
  ASSIGN_OR_RETURN(const std::string document, ledger::ReadSavedPlan(connection, sha256));
  return saved_plan::ReadSavedPlan(document, "the ledger's copy of the plan");
}

const SavedAction* Find(const SavedPlan& plan, const std::string& id) {
  const auto found = std::find_if(plan.actions.begin(), plan.actions.end(),
                                  [&](const SavedAction& saved) { return saved.id == id; });
  return found == plan.actions.end() ? nullptr : &*found;
}

// An action that is one transaction changes its state when it is over; what it is at is locked.
void MarkRunning(const std::set<uint32_t>& locked, const SavedPlan& plan, RunStatus* status) {
  for (ActionStatus& action : status->actions) {
    if (action.state == "running") return;
    const SavedAction* saved = Find(plan, action.id);
    if (saved == nullptr || action.state != "waiting" || !action.comes_after.empty()) continue;
    if (!locked.contains(saved->source_oid)) continue;
    action.state = "running";
    return;
  }
}

// The last of those that are done. A target tells only of what alone was brought into it.
void MarkUndoing(const std::set<uint32_t>& locked, const SavedPlan& plan, RunStatus* status) {
  std::map<uint32_t, int> brought;
  for (const ActionStatus& action : status->actions)
    if (const SavedAction* saved = Find(plan, action.id);
        saved != nullptr && action.state == "done")
      ++brought[saved->target_oid];
  for (auto action = status->actions.rbegin(); action != status->actions.rend(); ++action) {
    const SavedAction* saved = Find(plan, action->id);
    if (saved == nullptr || action->state != "done") continue;
    const bool target = brought[saved->target_oid] == 1 && locked.contains(saved->target_oid);
    if (!target && !locked.contains(saved->source_oid)) continue;
    action->state = "undoing";
    return;
  }
}

absl::Status ReadActions(pg::Connection& connection, RunStatus* status) {
  ASSIGN_OR_RETURN(const SavedPlan plan, PlanOf(connection, status->plan_sha256));
  ASSIGN_OR_RETURN(const std::set<uint32_t> locked, ReadLocked(connection));
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Query(kActions, {absl::StrCat(status->run_id)}));
  status->plan_name = plan.name;
  for (int row = 0; row < found.rows(); ++row) status->actions.push_back(FromRow(found, row));
  for (size_t i = 0; i < status->actions.size(); ++i) {
    ActionStatus& action = status->actions[i];
    for (const SavedAction& saved : plan.actions)
      if (saved.id == action.id) AddPlanned(saved, *status, &action);
    Estimate(found.OptionalInt64(static_cast<int>(i), 11), &action);
  }
  if (status->program.empty()) return absl::OkStatus();
  status->undoing ? MarkUndoing(locked, plan, status) : MarkRunning(locked, plan, status);
  return absl::OkStatus();
}

}  // namespace

int64_t RunStatus::Count(const std::string& state) const {
  return std::count_if(actions.begin(), actions.end(), [&](const ActionStatus& action) {
    return action.kind != "prepare" && action.state == state;
  });
}

std::string RunStatus::Summary() const {
  if (!program.empty()) return undoing ? "undoing" : "at work";
  const auto all = std::count_if(actions.begin(), actions.end(),
                                 [](const auto& action) { return action.kind != "prepare"; });
  const int64_t wanted = all - Count("blocked");
  if (Count("undone") > 0)
    return Count("undone") + Count("waiting") == wanted ? "undone" : "undone in part";
  if (!actions.empty() && Count("done") == wanted) return "finished";
  return Count("failed") > 0 ? "failed" : "stands still";
}

absl::StatusOr<RunStatus> ReadStatus(pg::Connection& connection, const std::string& plan_sha256) {
  RunStatus status;
  // Before the ledger: what nobody was at work on then has not changed since.
  RETURN_IF_ERROR(ReadSessions(connection, &status));
  RETURN_IF_ERROR(ReadBlockers(connection, &status));
  ASSIGN_OR_RETURN(const bool has_actions, ledger::HasPlanActions(connection));
  if (!has_actions) return status;
  ASSIGN_OR_RETURN(const pg::Result run, connection.Query(kRun, {plan_sha256}));
  if (run.rows() == 0) return status;
  status.run_id = run.Int64(0, 0);
  status.plan_sha256 = run.Text(0, 1);
  status.session_role = run.Text(0, 2);
  status.started_at = run.Text(0, 3);
  const absl::Status read = ReadActions(connection, &status);
  // The approval is consumed, and the run's beginning is not stored yet.
  if (!read.ok() && !absl::IsNotFound(read)) return read;
  return status;
}

}  // namespace regraft::status
