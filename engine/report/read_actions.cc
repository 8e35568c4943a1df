// The actions of a run: what the saved plan says of each, and what the ledger says became of it.

#include "engine/base/status_macros.h"
#include "engine/catalog/names_now.h"
#include "engine/ledger/schema.h"
#include "engine/report/parts.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <utility>

namespace regraft::report {
namespace {

using saved_plan::SavedAction;
using saved_plan::SavedPlan;

// The view has what the latest proof found, but leaves out what was undone.
constexpr const char* kActionsQuery = R"sql(
SELECT a.action_id, a.state, coalesce(a.error, ''),
       coalesce(v.rows_source, a.rows_source), coalesce(v.rows_target, a.rows_target),
       coalesce(v.rows_remainder, a.rows_remainder), coalesce(a.remainder_table, ''),
       coalesce(v.digest_source, a.source_digest, ''), coalesce(v.digest_rebuilt, a.rebuilt_digest, ''),
       to_char(coalesce(v.verified_at, a.verified_at) AT TIME ZONE 'UTC', w.form),
       to_char(a.started_at AT TIME ZONE 'UTC', w.form), to_char(a.finished_at AT TIME ZONE 'UTC', w.form),
       to_char(a.undone_at AT TIME ZONE 'UTC', w.form),
       extract(epoch FROM a.finished_at - a.started_at)::float8,
       (SELECT count(*) FROM regraft.plan_step s WHERE s.run_id = a.run_id AND s.action_id = a.action_id
        AND s.done_at IS NOT NULL),
       (SELECT count(*) FROM regraft.plan_verification p WHERE p.run_id = a.run_id AND p.action_id = a.action_id),
       p.equal, coalesce(p.words, '')
FROM (SELECT 'YYYY-MM-DD HH24:MI:SS "UTC"' AS form) AS w, regraft.plan_action a
LEFT JOIN regraft.accounting v ON v.run_id = a.run_id AND v.action = a.action_id
LEFT JOIN LATERAL (
  SELECT p.equal, p.words FROM regraft.plan_verification p
  WHERE p.run_id = a.run_id AND p.action_id = a.action_id
  ORDER BY p.verification_id DESC LIMIT 1) AS p ON true
WHERE a.run_id = $1
)sql";

// A later run of the same action has a copy of its own.
constexpr const char* kReasonsQuery = R"sql(
SELECT a.action_id, m.reason, count(*)
FROM regraft.plan_action a
JOIN LATERAL (
  SELECT r.run_id FROM regraft.run r JOIN regraft.copy c USING (copy_id)
  WHERE c.source_oid = a.source_oid AND c.target_oid = a.target_oid AND c.provenance = a.discriminator
    AND NOT EXISTS (
      SELECT FROM regraft.plan_action o JOIN regraft.plan_run later USING (run_id)
      WHERE o.run_id > a.run_id AND later.started_at <= r.started_at AND o.kind = a.kind
        AND o.source_oid = a.source_oid AND o.target_oid = a.target_oid
        AND o.discriminator = a.discriminator)
  ORDER BY r.run_id DESC LIMIT 1) AS r ON true
JOIN regraft.remainder m ON m.run_id = r.run_id
WHERE a.run_id = $1 AND a.kind = 'merge'
GROUP BY a.action_id, m.reason
ORDER BY a.action_id, count(*) DESC, m.reason
)sql";

Proof ProofOf(const Action& action) {
  if (action.state != "done" || action.method == "question") return Proof::kNone;
  if (action.method == "copy") return Proof::kDigests;
  return action.method == "fold" ? Proof::kRows : Proof::kCatalog;
}

// An action is done only when its own proof has found what it must.
std::optional<bool> EqualOf(const Action& action, const std::optional<bool>& verified) {
  if (action.proof == Proof::kNone) return std::nullopt;
  if (verified.has_value()) return verified;
  return action.proof != Proof::kDigests || action.digest_source == action.digest_rebuilt;
}

void TakeRow(const pg::Result& result, int row, Action* action) {
  action->state = result.Text(row, 1);
  action->error = result.Text(row, 2);
  action->rows_source = result.OptionalInt64(row, 3);
  action->rows_target = result.OptionalInt64(row, 4);
  action->rows_remainder = result.OptionalInt64(row, 5);
  action->remainder_table =
      result.IsNull(row, 6) || result.Value(row, 6).empty() ? "" : ForPeople(result.Text(row, 6));
  action->digest_source = result.Text(row, 7);
  action->digest_rebuilt = result.Text(row, 8);
  action->proof = ProofOf(*action);
  if (action->proof != Proof::kNone) action->verified_at = result.Text(row, 9);
  action->started_at = result.Text(row, 10);
  action->finished_at = result.Text(row, 11);
  action->undone_at = result.Text(row, 12);
  if (!result.IsNull(row, 13)) action->seconds = std::stod(result.Text(row, 13));
  action->statements = result.Int64(row, 14);
  action->verifications = result.Int64(row, 15);
  action->equal =
      EqualOf(*action, result.IsNull(row, 16) ? std::nullopt : std::optional(result.Bool(row, 16)));
  if (action->equal == false) action->difference = result.Text(row, 17);
}

using Names = std::map<uint32_t, pg::QualifiedName>;

std::string NameOf(uint32_t oid, const Names& names) {
  const auto name = names.find(oid);
  return name == names.end() ? "" : pg::DisplayName(name->second);
}

Action FromPlan(const SavedAction& saved, const Names& names) {
  Action action{.id = saved.id,
                .kind = saved.kind,
                .method = saved.method,
                .reason = saved.reason,
                .source = saved.source,
                .target = saved.target,
                .discriminator = saved.discriminator,
                .source_oid = saved.source_oid,
                .target_oid = saved.target_oid,
                .source_now = NameOf(saved.source_oid, names),
                .target_now = NameOf(saved.target_oid, names),
                .state = "waiting",
                .blocked_by = saved.blocked_by};
  SortFindings(saved.findings, &action.hazards, &action.notes);
  return action;
}

std::vector<uint32_t> OidsOf(const SavedPlan& plan) {
  std::vector<uint32_t> oids;
  for (const SavedAction& action : plan.actions)
    oids.insert(oids.end(), {action.source_oid, action.target_oid});
  return oids;
}

void FillPreparations(const pg::Result& rows, const SavedPlan& plan, Report* report) {
  for (const saved_plan::SavedPreparation& saved : plan.preparations) {
    Preparation preparation{.table = saved.table, .state = "waiting"};
    for (int row = 0; row < rows.rows(); ++row)
      if (rows.Value(row, 0) == "prepare " + saved.table) preparation.state = rows.Text(row, 1);
    for (const auto& statement : saved.statements) preparation.statements.push_back(statement.sql);
    SortFindings(saved.findings, &preparation.hazards, &preparation.notes);
    report->preparations.push_back(std::move(preparation));
  }
}

Action* Find(Report* report, std::string_view id) {
  const auto found = std::find_if(report->actions.begin(), report->actions.end(),
                                  [&](const Action& action) { return action.id == id; });
  return found == report->actions.end() ? nullptr : &*found;
}

// Merges have a row of the ledger for each row set aside; folds have one reason, and its count.
absl::Status FillReasons(pg::Connection& connection, const SavedPlan& plan, Report* report) {
  ASSIGN_OR_RETURN(const pg::Result reasons,
                   connection.Query(kReasonsQuery, {absl::StrCat(report->run)}));
  for (int row = 0; row < reasons.rows(); ++row)
    if (Action* action = Find(report, reasons.Value(row, 0)); action != nullptr)
      action->reasons.push_back({reasons.Text(row, 1), reasons.Int64(row, 2)});
  for (const SavedAction& saved : plan.actions) {
    Action* action = Find(report, saved.id);
    if (saved.method == "fold" && action->rows_remainder.value_or(0) > 0)
      action->reasons.push_back({saved.remainder.empty() ? "unmatched" : saved.remainder[0].reason,
                                 *action->rows_remainder});
  }
  return absl::OkStatus();
}

// Older versions did not record it.
absl::Status FillStorage(pg::Connection& connection, Report* report) {
  ASSIGN_OR_RETURN(const bool has_storage, ledger::HasPlanStorage(connection));
  if (!has_storage) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const pg::Result rows,
      connection.Query("SELECT action_id, files_before, files_after, rows_written FROM "
                       "regraft.plan_storage WHERE run_id = $1 AND files_after <> ''",
                       {absl::StrCat(report->run)}));
  for (int row = 0; row < rows.rows(); ++row)
    if (Action* action = Find(report, rows.Value(row, 0)); action != nullptr) {
      action->files_before = rows.Text(row, 1);
      action->files_after = rows.Text(row, 2);
      action->rows_written = rows.Int64(row, 3);
    }
  return absl::OkStatus();
}

void FillWaiting(const SavedPlan& plan, Report* report) {
  for (const SavedAction& saved : plan.actions) {
    Action* action = Find(report, saved.id);
    if (saved.state == "blocked" && action->state == "waiting") action->state = "blocked";
    if (action->state != "waiting") continue;
    for (const saved_plan::After& after : saved.after)
      if (const Action* first = Find(report, after.id);
          first != nullptr && first->state != "done" && first->method != "question")
        action->waits_for.push_back(after.id);
  }
}

Counts Count(const std::vector<Action>& actions) {
  Counts counts;
  counts.actions = static_cast<int64_t>(actions.size());
  for (const Action& action : actions) {
    counts.done += action.state == "done" ? 1 : 0;
    counts.failed += action.state == "failed" ? 1 : 0;
    counts.running += action.state == "running" ? 1 : 0;
    counts.waiting += action.state == "waiting" ? 1 : 0;
    counts.blocked += action.state == "blocked" ? 1 : 0;
    counts.undone += action.state == "undone" ? 1 : 0;
    counts.proved += action.equal == true ? 1 : 0;
    counts.different += action.equal == false ? 1 : 0;
    if (action.state != "done" || !action.rows_source.has_value()) continue;
    ++counts.moved;
    counts.rows_source += *action.rows_source;
    counts.rows_target += action.rows_target.value_or(0);
    counts.rows_remainder += action.rows_remainder.value_or(0);
  }
  return counts;
}

// The leaf lock is a step of the run, not an action of the plan.
void AppendFreeze(const pg::Result& rows, Report* report) {
  for (int row = 0; row < rows.rows(); ++row) {
    if (rows.Value(row, 0) != "the leaf lock") continue;
    report->actions.push_back({.id = rows.Text(row, 0), .kind = "freeze"});
    TakeRow(rows, row, &report->actions.back());
  }
}

}  // namespace

absl::Status FillActions(pg::Connection& connection, const SavedPlan& plan, Report* report) {
  ASSIGN_OR_RETURN(const Names names, catalog::NamesNow(connection, OidsOf(plan)));
  for (const SavedAction& saved : plan.actions) report->actions.push_back(FromPlan(saved, names));
  ASSIGN_OR_RETURN(const pg::Result rows,
                   connection.Query(kActionsQuery, {absl::StrCat(report->run)}));
  for (int row = 0; row < rows.rows(); ++row)
    if (Action* action = Find(report, rows.Value(row, 0)); action != nullptr)
      TakeRow(rows, row, action);
  FillPreparations(rows, plan, report);
  RETURN_IF_ERROR(FillReasons(connection, plan, report));
  RETURN_IF_ERROR(FillStorage(connection, report));
  FillWaiting(plan, report);
  AppendFreeze(rows, report);
  report->counts = Count(report->actions);
  return absl::OkStatus();
}

}  // namespace regraft::report
