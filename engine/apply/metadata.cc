#include "engine/apply/declared.h"
#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/run_entries.h"
#include "engine/ledger/plan_storage.h"
#include "engine/pg/identifier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <set>

namespace regraft::apply {
namespace {

using ledger::PlanStorage;
using saved_plan::SavedAction;
using saved_plan::Statement;

constexpr const char* kMakeSchema = "CREATE SCHEMA ";

// Only the plan's first statement that needs a schema makes it; with --only, or after a failure,
// another one comes first.
const Statement* MakerOf(const saved_plan::SavedPlan& plan, const std::string& quoted_schema) {
  for (const SavedAction& action : plan.actions)
    for (const Statement& statement : action.statements)
      if (statement.sql == kMakeSchema + quoted_schema) return &statement;
  return nullptr;
}

std::set<std::string> SchemasOf(const std::vector<Statement>& statements) {
  std::set<std::string> schemas;
  for (const Statement& statement : statements) {
    pg::QualifiedName name;
    std::string rest;
    constexpr std::string_view kMove = " SET SCHEMA ";
    if (absl::StartsWith(statement.sql, kMakeSchema))
      schemas.insert(statement.sql.substr(std::string(kMakeSchema).size()));
    else if (ReadTarget(statement.sql, "ALTER TABLE ", &name, &rest) &&
             absl::StartsWith(rest, AsAbsl(kMove)))
      schemas.insert(rest.substr(kMove.size()));
  }
  return schemas;
}

absl::StatusOr<bool> SchemaExists(Run* run, const std::string& quoted) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   run->connection.Query("SELECT to_regnamespace($1) IS NOT NULL", {quoted}));
  return found.Bool(0, 0);
}

// Others may have put something into a schema that the run made: then it stays.
absl::Status TryDrop(Run* run, const std::string& action_id, const ledger::PlanStep& step) {
  RETURN_IF_ERROR(run->connection.Run("SAVEPOINT drop_schema"));
  if (run->connection.Run(step.undo).ok())
    return ledger::MarkStepUndone(run->connection, run->run_id, action_id, step.step);
  return run->connection.Run("ROLLBACK TO SAVEPOINT drop_schema");
}

// The same files, and no row written meanwhile: what lies in them is what lay in them.
absl::Status RecordStorage(Run* run, const SavedAction& action, const PlanStorage& before) {
  ASSIGN_OR_RETURN(PlanStorage storage, ledger::StorageNow(run->connection, action.source_oid));
  storage.files_before = before.files_after;
  storage.rows_written -= before.rows_written;
  if (storage.files_after != storage.files_before)
    return Differences(absl::StrCat("rolled back: ", action.source, " was written anew, file ",
                                    storage.files_before, " became ", storage.files_after,
                                    "; only its name was to change"));
  if (storage.rows_written != 0)
    return Differences(absl::StrCat("rolled back: ", storage.rows_written,
                                    storage.rows_written == 1 ? " row of " : " rows of ",
                                    action.source, " changed with its name"));
  return ledger::InsertPlanStorage(run->connection, run->run_id, action.id, storage);
}

leaf_lock::ActionOfRun Entry(const Run& run, const SavedAction& action) {
  return {.run_id = run.run_id,
          .action_id = action.id,
          .source = action.source_oid,
          .target = action.target_oid};
}

// A label leaves its table where it is, and what it is.
bool TakesAway(const SavedAction& action) { return action.method != "label"; }

absl::Status RegisterRemainder(Run* run, const SavedAction& action) {
  const ledger::PlanAction* row = run->Find(action.id);
  if (row == nullptr || row->remainder_table.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pg::QualifiedName remainder, pg::ParseQualifiedName(row->remainder_table));
  return leaf_lock::RegisterRemainder(run->connection, Entry(*run, action), remainder);
}

}  // namespace

absl::StatusOr<std::vector<Statement>> WithSchema(Run* run,
                                                  const std::vector<Statement>& statements) {
  std::vector<Statement> needed;
  for (const std::string& schema : SchemasOf(statements)) {
    ASSIGN_OR_RETURN(const bool exists, SchemaExists(run, schema));
    const Statement* maker = exists ? nullptr : MakerOf(run->options.plan, schema);
    if (maker != nullptr) needed.push_back(*maker);
  }
  for (const Statement& statement : statements)
    if (!absl::StartsWith(statement.sql, kMakeSchema)) needed.push_back(statement);
  return needed;
}

absl::Status RecordSteps(Run* run, const std::string& action_id,
                         const std::vector<Statement>& statements, bool done) {
  // Behind those of before: an undo that was not finished leaves its steps in the ledger.
  ASSIGN_OR_RETURN(const std::vector<ledger::PlanStep> before,
                   ledger::ReadPlanSteps(run->connection, run->run_id, action_id));
  int next = before.empty() ? 1 : before.back().step + 1;
  std::vector<ledger::PlanStep> steps;
  steps.reserve(statements.size());
  for (const Statement& statement : statements)
    steps.push_back({.step = next++, .sql = statement.sql, .undo = statement.undo, .done = done});
  return ledger::InsertPlanSteps(run->connection, run->run_id, action_id, steps);
}

absl::Status DropEmptySchemas(Run* run) {
  for (const ledger::PlanAction& action : run->actions) {
    if (action.state != "undone") continue;
    ASSIGN_OR_RETURN(const std::vector<ledger::PlanStep> steps,
                     ledger::ReadPlanSteps(run->connection, run->run_id, action.id));
    for (const ledger::PlanStep& step : steps)
      if (absl::StartsWith(step.sql, kMakeSchema) && step.done && !step.undone)
        RETURN_IF_ERROR(TryDrop(run, action.id, step));
  }
  return absl::OkStatus();
}

absl::Status RelocateSource(Run* run, const SavedAction& action) {
  RETURN_IF_ERROR(RegisterRemainder(run, action));
  if (action.statements.empty()) return absl::OkStatus();
  if (TakesAway(action))
    RETURN_IF_ERROR(leaf_lock::KeepEntry(run->connection, Entry(*run, action)));
  ASSIGN_OR_RETURN(const Held held, HoldRelation(run, action.source_oid, SourceLock(action)));
  ASSIGN_OR_RETURN(const std::vector<Statement> statements, WithSchema(run, action.statements));
  std::vector<std::string> sql;
  sql.reserve(statements.size());
  for (const Statement& statement : statements) sql.push_back(statement.sql);
  ASSIGN_OR_RETURN(const PlanStorage before,
                   ledger::StorageNow(run->connection, action.source_oid));
  RETURN_IF_ERROR(ChangeRelation(run, held, sql));
  RETURN_IF_ERROR(RecordStorage(run, action, before));
  return RecordSteps(run, action.id, statements);
}

absl::Status RelocateBack(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(std::vector<ledger::PlanStep> steps,
                   ledger::ReadPlanSteps(run->connection, run->run_id, action.id));
  std::erase_if(steps, [](const ledger::PlanStep& step) {
    return absl::StartsWith(step.sql, kMakeSchema) || !step.done || step.undone;
  });
  if (steps.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Held held, HoldRelation(run, action.source_oid, SourceLock(action)));
  std::reverse(steps.begin(), steps.end());
  std::vector<std::string> sql;
  for (const ledger::PlanStep& step : steps) {
    if (!step.undo.empty()) sql.push_back(step.undo);
    RETURN_IF_ERROR(ledger::MarkStepUndone(run->connection, run->run_id, action.id, step.step));
  }
  RETURN_IF_ERROR(ChangeRelation(run, held, sql));
  return TakesAway(action) ? leaf_lock::RestoreEntry(run->connection, Entry(*run, action))
                           : absl::OkStatus();
}

absl::Status ApplyMetadata(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  return InTransaction(run, [&]() -> absl::Status {
    RETURN_IF_ERROR(RelocateSource(run, action));
    row->state = "done";
    row->error.clear();
    return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
  });
}

absl::Status UndoMetadata(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  return InTransaction(run, [&]() -> absl::Status {
    RETURN_IF_ERROR(RelocateBack(run, action));
    row->state = "undone";
    row->error.clear();
    RETURN_IF_ERROR(ledger::UpdatePlanAction(run->connection, run->run_id, *row));
    return DropEmptySchemas(run);
  });
}

}  // namespace regraft::apply
