// merge_jsonb, merge_cols: each source row becomes a value of one row of the target, proved by the
// inverse and given away in one transaction.

#include "engine/apply/declared.h"
#include "engine/apply/fold_sql.h"
#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/verification/digest_rows.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::apply {
namespace {

using saved_plan::SavedAction;
using saved_plan::Statement;

class Fold {
 public:
  Fold(Run* run, const SavedAction& action, plan::Action planned)
      : run_(run), action_(action), planned_(std::move(planned)), sql_(action, planned_) {
    if (!action.remainder_table.empty())
      remainder_ = pg::ParseQualifiedName(action.remainder_table);
  }

  absl::Status Apply(ledger::PlanAction* row) {
    RETURN_IF_ERROR(Reload());
    RETURN_IF_ERROR(HoldRelation(run_, action_.source_oid, "SHARE").status());
    ASSIGN_OR_RETURN(const Held held,
                     HoldRelation(run_, action_.target_oid, "SHARE ROW EXCLUSIVE"));
    ASSIGN_OR_RETURN(const std::vector<Statement> first, First());
    for (const Statement& statement : first) RETURN_IF_ERROR(Execute(statement.sql));
    RETURN_IF_ERROR(RecordSteps(run_, action_.id, first));
    RETURN_IF_ERROR(StoreTarget(held, /*columns_come=*/true));
    RETURN_IF_ERROR(Match());
    RETURN_IF_ERROR(CountRows(row));
    RETURN_IF_ERROR(SetAside(row));
    RETURN_IF_ERROR(Fill());
    RETURN_IF_ERROR(Prove(row->remainder_table));
    RETURN_IF_ERROR(DigestSource(row));
    SavedAction relocation = action_;
    std::erase_if(relocation.statements,
                  [&](const Statement& statement) { return IsColumn(statement.sql); });
    RETURN_IF_ERROR(RelocateSource(run_, relocation));
    RETURN_IF_ERROR(Execute("DROP TABLE pg_temp.regraft_fold"));
    row->state = "done";
    row->error.clear();
    return ledger::UpdatePlanAction(run_->connection, run_->run_id, *row);
  }

  absl::Status Undo(ledger::PlanAction* row) {
    RETURN_IF_ERROR(Reload());
    ASSIGN_OR_RETURN(const std::vector<ledger::PlanStep> steps,
                     ledger::ReadPlanSteps(run_->connection, run_->run_id, action_.id));
    RETURN_IF_ERROR(MarkColumns(steps));
    RETURN_IF_ERROR(RelocateBack(run_, action_));
    RETURN_IF_ERROR(Reload());  // the target names the source where a key refers to it
    ASSIGN_OR_RETURN(const Held held, HoldRelation(run_, action_.target_oid, "ACCESS EXCLUSIVE"));
    if (!row->remainder_table.empty())
      RETURN_IF_ERROR(
          Execute(absl::StrCat("LOCK TABLE ", row->remainder_table, " IN ACCESS EXCLUSIVE MODE")));
    RETURN_IF_ERROR(Prove(row->remainder_table));
    RETURN_IF_ERROR(Empty(steps));
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
      if (IsColumn(step->sql) && !step->undone) RETURN_IF_ERROR(Execute(step->undo));
    if (!row->remainder_table.empty())
      RETURN_IF_ERROR(Execute("DROP TABLE " + row->remainder_table));
    RETURN_IF_ERROR(StoreTarget(held, /*columns_come=*/false));
    row->state = "undone";
    row->error.clear();
    RETURN_IF_ERROR(ledger::UpdatePlanAction(run_->connection, run_->run_id, *row));
    return DropEmptySchemas(run_);
  }

 private:
  absl::Status Execute(const std::string& sql) {
    return Annotate(run_->connection.Run(sql), "at \"" + sql.substr(0, 120) + "\"");
  }
  absl::Status Reload() {
    ASSIGN_OR_RETURN(run_->state, ledger::ReadStoredDossiers(run_->connection, run_->run_id));
    return absl::OkStatus();
  }
  absl::StatusOr<int64_t> Count(const std::string& sql) {
    ASSIGN_OR_RETURN(const pg::Result result,
                     run_->connection.Execute("SELECT count(*) FROM " + sql));
    return result.Int64(0, 0);
  }
  [[nodiscard]] bool IsColumn(const std::string& sql) const {
    pg::QualifiedName name;
    std::string rest;
    return ReadTarget(sql, "ALTER TABLE ", &name, &rest) && name == *planned_.target &&
           absl::StartsWith(rest, " ADD COLUMN ");
  }

  // The schema that the remainder or the source goes to, and the target's columns.
  absl::StatusOr<std::vector<Statement>> First() {
    ASSIGN_OR_RETURN(std::vector<Statement> all, WithSchema(run_, action_.statements));
    std::erase_if(all, [&](const Statement& statement) {
      return !IsColumn(statement.sql) && !absl::StartsWith(statement.sql, "CREATE SCHEMA ");
    });
    return all;
  }

  absl::Status StoreTarget(const Held& held, bool columns_come) {
    ASSIGN_OR_RETURN(catalog::Dossier now,
                     catalog::ReadDossier(run_->connection, action_.target_oid));
    auto changes = columns_come ? catalog::CompareDossiers(held.before, now)
                                : catalog::CompareDossiers(now, held.before);
    std::erase_if(changes, [](const catalog::DossierChange& change) {
      return (change.fact == "columns" || change.fact == "types") && change.gone.empty();
    });
    if (!changes.empty())
      return Differences("rolled back: more has changed than was declared: " +
                         ChangeWords(changes));
    run_->state[now.oid] = now;  // the next step of this transaction compares with it
    return ledger::StoreDossiers(run_->connection, run_->run_id, {std::move(now)});
  }

  // The order of arrays: by the key, else as the rows lie.
  absl::StatusOr<std::string> Order() {
    ASSIGN_OR_RETURN(
        const pg::Result key,
        run_->connection.Query("SELECT string_agg(format('s.%I', a.attname), ', ' ORDER BY k.n) "
                               "FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS "
                               "k(attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum WHERE "
                               "i.indrelid = $1 AND i.indisprimary AND a.attrelid = i.indrelid",
                               {absl::StrCat(action_.source_oid)}));
    return (key.IsNull(0, 0) ? "" : key.Text(0, 0) + ", ") + "s.tableoid, s.ctid";
  }

  absl::Status Match() {
    ASSIGN_OR_RETURN(const std::string order, Order());
    const std::string match = sql_.Match(order);
    if (match.empty())
      return absl::InternalError("the saved plan's forward SELECT has another form");
    return Execute(match);
  }

  absl::Status CountRows(ledger::PlanAction* row) {
    ASSIGN_OR_RETURN(const int64_t source, Count(sql_.source()));
    ASSIGN_OR_RETURN(const int64_t pairs, Count(FoldSql::kTable));
    ASSIGN_OR_RETURN(const int64_t alone,
                     Count("pg_temp.regraft_fold WHERE num_nulls(regraft_t) > 0"));
    ASSIGN_OR_RETURN(const int64_t shared,
                     Count("(SELECT FROM pg_temp.regraft_fold WHERE num_nulls(regraft_t) = 0 GROUP "
                           "BY regraft_t, regraft_tl HAVING count(*) > 1) AS shared"));
    if (pairs != source)
      return Differences(
          absl::StrCat(pairs - source, " rows belong to several rows of the target"));
    if (shared > 0 && planned_.fold->several == plan::Several::kRefuse)
      return Differences(absl::StrCat(shared, " rows of the target would get several rows"));
    if (alone > 0 && !remainder_.ok())
      return Differences(absl::StrCat(alone, " rows have no row in ", action_.target));
    row->rows_source = source;
    row->rows_target = source - alone;
    row->rows_remainder = alone;
    return absl::OkStatus();
  }

  absl::Status SetAside(ledger::PlanAction* row) {
    row->remainder_table.clear();
    if (*row->rows_remainder == 0) return absl::OkStatus();
    const std::string name = pg::QuoteQualified(*remainder_);
    RETURN_IF_ERROR(Execute(absl::StrCat("CREATE TABLE ", name, " (LIKE ", sql_.source(), ")")));
    RETURN_IF_ERROR(Execute(sql_.SetAside(name)));
    row->remainder_table = name;
    return absl::OkStatus();
  }

  absl::Status Update(const std::string& sql) {
    return UpdateQuietly(run_, action_.target_oid, planned_.allow, sql).status();
  }

  absl::Status Fill() {
    ASSIGN_OR_RETURN(const int64_t taken, Count(sql_.Taken()));
    if (taken > 0)
      return Differences(absl::StrCat(taken, " rows of ", action_.target, " hold values already"));
    return Update(sql_.Fill());
  }

  // Of both sides, each row has its equal on the other.
  absl::Status Prove(const std::string& remainder) {
    ASSIGN_OR_RETURN(const int64_t lost, Count(sql_.Unequal(remainder)));
    if (lost == 0) return absl::OkStatus();
    return Differences(absl::StrCat("nothing was done: ", lost, " rows of ", action_.source,
                                    " and what ", action_.target,
                                    " and the remainder give back differ"));
  }

  // On sessions of their own, to which the source is as locked as it is to us.
  absl::Status DigestSource(ledger::PlanAction* row) {
    ASSIGN_OR_RETURN(const catalog::Table table,
                     catalog::ReadTable(run_->connection, action_.source_oid));
    verification::ScanRequest request{.connect = run_->options.connect, .jobs = 1};
    request.connect.role = "apply-digest";
    ASSIGN_OR_RETURN(const digest::SetDigest digest,
                     verification::DigestTable(table, std::move(request)));
    row->source_digest = row->rebuilt_digest = digest.sum.Hex();  // the proof compared the rows
    return absl::OkStatus();
  }

  absl::Status MarkColumns(const std::vector<ledger::PlanStep>& steps) {
    for (const ledger::PlanStep& step : steps)
      if (IsColumn(step.sql) && !step.undone)
        RETURN_IF_ERROR(
            ledger::MarkStepUndone(run_->connection, run_->run_id, action_.id, step.step));
    return absl::OkStatus();
  }

  // Columns that were there before were empty, as the filling has seen.
  absl::Status Empty(const std::vector<ledger::PlanStep>& steps) {
    if (std::any_of(steps.begin(), steps.end(),
                    [&](const auto& step) { return IsColumn(step.sql) && !step.undone; }))
      return absl::OkStatus();
    return Update(sql_.Empty());
  }

  Run* run_;
  const SavedAction& action_;
  plan::Action planned_;
  FoldSql sql_;
  absl::StatusOr<pg::QualifiedName> remainder_ = absl::NotFoundError("none");
};

// Under the names that the tables have by now.
absl::StatusOr<plan::Action> PlannedFold(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(plan::Action planned, PlannedAction(*run, action.id));
  if (!planned.fold.has_value()) return absl::InternalError(action.id + " is no fold");
  ASSIGN_OR_RETURN(planned.source, NameNow(run, action.source_oid, action.source));
  ASSIGN_OR_RETURN(planned.target, NameNow(run, action.target_oid, action.target));
  return planned;
}

}  // namespace

absl::Status ApplyFold(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  RETURN_IF_ERROR(PrepareTarget(run, action));
  ASSIGN_OR_RETURN(plan::Action planned, PlannedFold(run, action));
  Fold fold(run, action, std::move(planned));
  return InTransaction(run, [&] { return fold.Apply(row); });
}

absl::Status UndoFold(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  ASSIGN_OR_RETURN(plan::Action planned, PlannedAction(*run, action.id));
  Fold fold(run, action, std::move(planned));
  RETURN_IF_ERROR(InTransaction(run, [&] { return fold.Undo(row); }));
  ASSIGN_OR_RETURN(run->state, ledger::ReadStoredDossiers(run->connection, run->run_id));
  return UndoPreparation(run, action);
}

}  // namespace regraft::apply
