// What the first merge into a target needs done to it, once per run, and back after the last one.

#include "engine/apply/declared.h"
#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::apply {
namespace {

using catalog::Dossier;
using saved_plan::SavedAction;
using saved_plan::SavedPreparation;

const SavedPreparation* PreparationOf(const Run& run, const SavedAction& action) {
  const auto& all = run.options.plan.preparations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& preparation) {
    return preparation.table == action.target;
  });
  return found == all.end() ? nullptr : &*found;
}

// Columns, checks and indexes are what a preparation is about; with a column its type comes or
// goes, but none changes.
absl::Status CheckChanges(const Dossier& before, const Dossier& after) {
  auto changes = catalog::CompareDossiers(before, after);
  std::erase_if(changes, [](const catalog::DossierChange& change) {
    if (change.fact == "types") return change.gone.empty() || change.come.empty();
    return change.fact == "columns" || change.fact == "constraints" || change.fact == "indexes";
  });
  if (changes.empty()) return absl::OkStatus();
  return Differences("rolled back: more has changed than was declared: " + ChangeWords(changes));
}

absl::Status Change(Run* run, uint32_t oid, const std::vector<std::string>& statements) {
  ASSIGN_OR_RETURN(const Held held, HoldRelation(run, oid, "ACCESS EXCLUSIVE"));
  for (const std::string& sql : statements)
    RETURN_IF_ERROR(Annotate(run->connection.Run(sql), "at \"" + sql.substr(0, 200) + "\""));
  ASSIGN_OR_RETURN(Dossier now, catalog::ReadDossier(run->connection, oid));
  RETURN_IF_ERROR(CheckChanges(held.before, now));
  return ledger::StoreDossiers(run->connection, run->run_id, {std::move(now)});
}

// What others have put into a column that would be dropped would be gone.
absl::Status CheckColumnIsOurs(Run* run, const ledger::PlanStep& step) {
  pg::QualifiedName table;
  std::string rest;
  constexpr std::string_view kAdd = " ADD COLUMN \"";
  if (!ReadTarget(step.sql, "ALTER TABLE ", &table, &rest) || !absl::StartsWith(rest, AsAbsl(kAdd)))
    return absl::OkStatus();
  pg::QualifiedName column;  // read by its quotes, as a name
  if (!ReadTarget("\"\"." + rest.substr(kAdd.size() - 1), "", &column, &rest))
    return absl::InternalError("not a column: " + step.sql);
  const std::string name = pg::QuoteIdentifier(column.name);
  ASSIGN_OR_RETURN(
      const pg::Result given,
      run->connection.Query("SELECT coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL') FROM "
                            "pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND "
                            "d.adnum = a.attnum WHERE a.attrelid = $1::regclass AND a.attname = $2",
                            {pg::QuoteQualified(table), column.name}));
  if (given.rows() == 0) return Differences(absl::StrCat("the column ", name, " is gone"));
  ASSIGN_OR_RETURN(
      const pg::Result held,
      run->connection.Execute(absl::StrCat(
          "SELECT count(*), min(t.ctid::text) FROM ", pg::QuoteQualified(table), " AS t WHERE t.",
          name, "::text IS DISTINCT FROM (", given.Text(0, 0), ")::text")));
  if (held.Int64(0, 0) == 0) return absl::OkStatus();
  return Differences(
      absl::StrCat("nothing was done: ", held.Int64(0, 0), " rows of ", pg::DisplayName(table),
                   ", such as that at ", held.Text(0, 1), ", hold values in the column ", name,
                   " that this plan did not put there and that would go with it; move them first"));
}

bool MergesInto(const Run& run, const ledger::PlanAction& row, const std::string& target) {
  const SavedAction* saved = run.Saved(row.id);
  return saved != nullptr && saved->target == target &&
         (saved->method == "copy" || saved->method == "fold");
}

// A fold is one transaction: what has failed has left nothing.
bool HasLeftSomething(const Run& run, const ledger::PlanAction& row) {
  if (row.state == "undone" || row.state == "waiting") return false;
  return row.state != "failed" || run.Saved(row.id)->method != "fold";
}

}  // namespace

std::string PreparationId(const SavedPreparation& preparation) {
  return absl::StrCat("prepare ", preparation.table);
}

absl::Status PrepareTarget(Run* run, const SavedAction& action) {
  const SavedPreparation* preparation = PreparationOf(*run, action);
  if (preparation == nullptr) return absl::OkStatus();
  ledger::PlanAction* row = run->Find(PreparationId(*preparation));
  if (row == nullptr || row->state == "done") return absl::OkStatus();
  std::vector<std::string> sql;
  for (const auto& statement : preparation->statements) sql.push_back(statement.sql);
  RETURN_IF_ERROR(InTransaction(run, [&]() -> absl::Status {
    RETURN_IF_ERROR(Change(run, action.target_oid, sql));
    RETURN_IF_ERROR(RecordSteps(run, row->id, preparation->statements));
    ledger::PlanAction done = *row;
    done.state = "done";
    return ledger::UpdatePlanAction(run->connection, run->run_id, done);
  }));
  row->state = "done";
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, run->run_id));
  return absl::OkStatus();
}

absl::Status UndoPreparation(Run* run, const SavedAction& action) {
  const SavedPreparation* preparation = PreparationOf(*run, action);
  if (preparation == nullptr) return absl::OkStatus();
  ledger::PlanAction* row = run->Find(PreparationId(*preparation));
  if (row == nullptr || row->state != "done") return absl::OkStatus();
  for (const ledger::PlanAction& other : run->actions)
    if (MergesInto(*run, other, action.target) && HasLeftSomething(*run, other))
      return absl::OkStatus();
  RETURN_IF_ERROR(InTransaction(run, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<ledger::PlanStep> steps,
                     ledger::ReadPlanSteps(run->connection, run->run_id, row->id));
    std::reverse(steps.begin(), steps.end());
    std::vector<std::string> sql;
    for (const ledger::PlanStep& step : steps) {
      RETURN_IF_ERROR(CheckColumnIsOurs(run, step));
      sql.push_back(step.undo);
      RETURN_IF_ERROR(ledger::MarkStepUndone(run->connection, run->run_id, row->id, step.step));
    }
    RETURN_IF_ERROR(Change(run, action.target_oid, sql));
    ledger::PlanAction undone = *row;
    undone.state = "undone";
    return ledger::UpdatePlanAction(run->connection, run->run_id, undone);
  }));
  row->state = "undone";
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, run->run_id));
  return absl::OkStatus();
}

}  // namespace regraft::apply
