// add_pk of a large table: in steps, each of which holds a long lock against nobody. What is done
// stands in the ledger, step by step; an interrupted key goes on behind the last one.
//
//   sequence, start │ column, default │ batches │ CHECK │ VALIDATE │ index │ key, CHECK away
//
// where │ is a commit. The statements are the saved plan's; the numbering alone is cut into
// batches.

#include "engine/apply/concurrent_index.h"
#include "engine/apply/run.h"
#include "engine/base/status_macros.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace regraft::apply {
namespace {

using catalog::Dossier;
using saved_plan::SavedAction;

// Some ten milliseconds of locked rows; the lock that keeps triggers still lasts as long.
constexpr int64_t kBatchRows = 5'000;

enum class Part { kSequence, kColumn, kNumbering, kCheck, kValidate, kIndex, kKey };

constexpr std::string_view kCreateIndex = "CREATE UNIQUE INDEX CONCURRENTLY ";

// Which of the transactions a statement belongs to.
Part PartOf(std::string_view sql) {
  const auto has = [&](std::string_view words) { return sql.find(words) != sql.npos; };
  if (sql.starts_with("CREATE SEQUENCE ") || sql.starts_with("SELECT setval("))
    return Part::kSequence;
  if (sql.starts_with("UPDATE ")) return Part::kNumbering;
  if (sql.starts_with(kCreateIndex)) return Part::kIndex;
  if (sql.ends_with(" NOT VALID")) return Part::kCheck;
  if (has(" VALIDATE CONSTRAINT ")) return Part::kValidate;
  if (sql.ends_with(" SET NOT NULL") || has(" USING INDEX ") || has(" DROP CONSTRAINT "))
    return Part::kKey;
  return Part::kColumn;
}

std::string IndexName(const plan::Action& planned, std::string_view sql) {
  const size_t end = sql.find(" ON ");
  return absl::StrCat(pg::QuoteIdentifier(planned.source.schema), ".",
                      AsAbsl(sql.substr(kCreateIndex.size(), end - kCreateIndex.size())));
}

ConcurrentIndex IndexOf(const SavedAction& action, const plan::Action& planned,
                        const std::string& sql) {
  return {.table = action.source_oid,
          .table_name = action.source,
          .column = planned.key->column,
          .name = IndexName(planned, sql),
          .sql = sql};
}

class OnlineKey {
 public:
  OnlineKey(Run* run, const SavedAction& action, const plan::Action& planned)
      : run_(run),
        action_(action),
        planned_(planned),
        table_(pg::QuoteQualified(planned.source)),
        column_(pg::QuoteIdentifier(planned.key->column)) {}

  absl::Status Apply(ledger::PlanAction* row) {
    RETURN_IF_ERROR(Begin(row));
    RETURN_IF_ERROR(InOne(Part::kSequence, ""));
    RETURN_IF_ERROR(InOne(Part::kColumn, "ACCESS EXCLUSIVE"));
    RETURN_IF_ERROR(Number());
    RETURN_IF_ERROR(InOne(Part::kCheck, "ACCESS EXCLUSIVE"));
    RETURN_IF_ERROR(NumberStragglers());  // from now on none can come
    RETURN_IF_ERROR(InOne(Part::kValidate, "SHARE UPDATE EXCLUSIVE"));
    RETURN_IF_ERROR(BuildIndex());
    return InTransaction(run_, [&]() -> absl::Status {
      RETURN_IF_ERROR(Execute(Part::kKey, "ACCESS EXCLUSIVE"));
      row->state = "done";
      row->error.clear();
      return ledger::UpdatePlanAction(run_->connection, run_->run_id, *row);
    });
  }

 private:
  absl::Status Sql(const std::string& sql) {
    return Annotate(run_->connection.Run(sql), "at \"" + sql.substr(0, 200) + "\"");
  }

  // Every statement is in the ledger before the first one runs, the index's name among them.
  absl::Status Begin(ledger::PlanAction* row) {
    return InTransaction(run_, [&]() -> absl::Status {
      row->state = "running";
      RETURN_IF_ERROR(ledger::UpdatePlanAction(run_->connection, run_->run_id, *row));
      ASSIGN_OR_RETURN(steps_, ledger::ReadPlanSteps(run_->connection, run_->run_id, action_.id));
      std::erase_if(steps_, [](const ledger::PlanStep& step) { return step.undone; });
      if (!steps_.empty()) return absl::OkStatus();
      RETURN_IF_ERROR(RecordSteps(run_, action_.id, action_.statements, /*done=*/false));
      ASSIGN_OR_RETURN(steps_, ledger::ReadPlanSteps(run_->connection, run_->run_id, action_.id));
      std::erase_if(steps_, [](const ledger::PlanStep& step) { return step.undone; });
      return absl::OkStatus();
    });
  }

  [[nodiscard]] bool IsDone(Part part) const {
    return std::all_of(steps_.begin(), steps_.end(), [&](const ledger::PlanStep& step) {
      return step.done || PartOf(step.sql) != part;
    });
  }
  // The transaction that did it commits with this.
  absl::Status MarkDone(Part part) {
    for (const ledger::PlanStep& step : steps_)
      if (PartOf(step.sql) == part && !step.done)
        RETURN_IF_ERROR(
            ledger::MarkStepDone(run_->connection, run_->run_id, action_.id, step.step));
    return absl::OkStatus();
  }
  void Remember(Part part) {
    for (ledger::PlanStep& step : steps_)
      if (PartOf(step.sql) == part) step.done = true;
  }

  absl::Status InOne(Part part, const std::string& lock) {
    if (IsDone(part)) return absl::OkStatus();
    RETURN_IF_ERROR(CheckStop());
    RETURN_IF_ERROR(InTransaction(run_, [&] { return Execute(part, lock); }));
    Remember(part);
    return absl::OkStatus();
  }

  absl::Status Execute(Part part, const std::string& lock) {
    if (IsDone(part)) return absl::OkStatus();
    ASSIGN_OR_RETURN(run_->state, ledger::ReadStoredDossiers(run_->connection, run_->run_id));
    ASSIGN_OR_RETURN(const Held held, HoldRelation(run_, action_.source_oid, lock));
    for (const ledger::PlanStep& step : steps_)
      if (PartOf(step.sql) == part) RETURN_IF_ERROR(Sql(step.sql));
    if (part == Part::kSequence) RETURN_IF_ERROR(KeepStart());
    RETURN_IF_ERROR(StoreKeyed(run_, held.before));
    return MarkDone(part);
  }

  // Where the numbers of new rows begin: an interrupted numbering must know it.
  absl::Status KeepStart() {
    ASSIGN_OR_RETURN(const std::string sequence, Sequence());
    ASSIGN_OR_RETURN(const pg::Result start,
                     run_->connection.Execute(absl::StrCat("SELECT last_value FROM ", sequence)));
    return Sql(absl::StrCat("ALTER SEQUENCE ", sequence, " START WITH ", start.Int64(0, 0)));
  }
  [[nodiscard]] absl::StatusOr<std::string> Sequence() const {
    for (const ledger::PlanStep& step : steps_)
      if (absl::StartsWith(step.sql, "CREATE SEQUENCE "))
        return step.sql.substr(16, step.sql.rfind(" AS ") - 16);
    return absl::InternalError(action_.id + " makes no sequence");
  }

  // Rows that others update meanwhile lie elsewhere then: they are numbered afterwards.
  absl::Status Number() {
    if (IsDone(Part::kNumbering)) return absl::OkStatus();
    RETURN_IF_ERROR(ListRows());
    ASSIGN_OR_RETURN(
        const pg::Result listed,
        run_->connection.Execute("SELECT coalesce(max(n), 0) FROM pg_temp.regraft_key"));
    for (int64_t from = 0; from < listed.Int64(0, 0); from += kBatchRows) {
      RETURN_IF_ERROR(CheckStop());
      RETURN_IF_ERROR(Batch(absl::StrCat("UPDATE ", table_, " AS s SET ", column_,
                                         " = l.number FROM pg_temp.regraft_key AS l "
                                         "WHERE l.n > ",
                                         from, " AND l.n <= ", from + kBatchRows,
                                         " AND s.ctid = l.row AND num_nulls(s.", column_, ") = 1"))
                          .status());
    }
    RETURN_IF_ERROR(Sql("DROP TABLE pg_temp.regraft_key"));
    RETURN_IF_ERROR(NumberStragglers());
    return InTransaction(run_, [&]() -> absl::Status {
      RETURN_IF_ERROR(MarkDone(Part::kNumbering));
      return absl::OkStatus();
    });
  }

  // In the plan's order, behind what an earlier program has numbered. Numbers end where those of
  // new rows begin; rows beyond, which came while the column did, wait for the sequence.
  absl::Status ListRows() {
    std::string order;
    for (const std::string& name : planned_.key->order_by)
      absl::StrAppend(&order, pg::QuoteIdentifier(name), ", ");
    ASSIGN_OR_RETURN(const std::string sequence, Sequence());
    RETURN_IF_ERROR(Sql("DROP TABLE IF EXISTS pg_temp.regraft_key"));
    RETURN_IF_ERROR(Sql(absl::StrCat(
        "CREATE TEMPORARY TABLE regraft_key AS WITH start AS (SELECT seqstart AS first FROM "
        "pg_sequence WHERE seqrelid = ",
        run_->connection.QuoteLiteral(sequence), "::regclass), done AS (SELECT coalesce(max(",
        column_, "), 0) AS last FROM ", table_, ", start WHERE ", column_,
        " < start.first), list AS (SELECT s.ctid AS row, row_number() "
        "OVER (ORDER BY ",
        order, "s.ctid) AS n FROM ", table_, " AS s WHERE num_nulls(s.", column_,
        ") = 1) SELECT row, n, (n + done.last)::integer AS number FROM list, done, start WHERE n + "
        "done.last < start.first")));
    RETURN_IF_ERROR(Sql("CREATE INDEX ON pg_temp.regraft_key (n)"));
    return Sql("ANALYZE pg_temp.regraft_key");
  }

  absl::Status NumberStragglers() {
    ASSIGN_OR_RETURN(const std::string sequence, Sequence());
    const std::string sql = absl::StrCat(
        "UPDATE ", table_, " SET ", column_, " = nextval(", run_->connection.QuoteLiteral(sequence),
        ") WHERE ctid = ANY (ARRAY(SELECT ctid FROM ", table_, " WHERE num_nulls(", column_,
        ") = 1 LIMIT ", kBatchRows, "))");
    for (int64_t rows = 1; rows > 0;) {
      RETURN_IF_ERROR(CheckStop());
      ASSIGN_OR_RETURN(rows, Batch(sql));
    }
    return absl::OkStatus();
  }

  // A number is no change that a trigger should hear of, where the plan says so.
  absl::StatusOr<int64_t> Batch(const std::string& sql) {
    int64_t rows = 0;
    RETURN_IF_ERROR(InTransaction(run_, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(rows, UpdateQuietly(run_, action_.source_oid, planned_.allow, sql));
      return absl::OkStatus();
    }));
    return rows;
  }

  absl::Status BuildIndex() {
    if (IsDone(Part::kIndex)) return absl::OkStatus();
    RETURN_IF_ERROR(CheckStop());
    for (const ledger::PlanStep& step : steps_)
      if (PartOf(step.sql) == Part::kIndex)
        RETURN_IF_ERROR(BuildConcurrently(run_, IndexOf(action_, planned_, step.sql)));
    RETURN_IF_ERROR(InTransaction(run_, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(run_->state, ledger::ReadStoredDossiers(run_->connection, run_->run_id));
      RETURN_IF_ERROR(StoreKeyed(run_, run_->state[action_.source_oid]));
      return MarkDone(Part::kIndex);
    }));
    Remember(Part::kIndex);
    return absl::OkStatus();
  }

  absl::Status CheckStop() {
    if (!run_->options.stop_wanted()) return absl::OkStatus();
    return copy::Stopped(
        absl::StrCat("stopped on purpose in ", action_.id, "; the same command goes on"));
  }

  Run* run_;
  const SavedAction& action_;
  const plan::Action& planned_;
  std::string table_, column_;
  std::vector<ledger::PlanStep> steps_;
};

// Under the name that the table has by now.
absl::StatusOr<plan::Action> PlannedKey(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(plan::Action planned, PlannedAction(*run, action.id));
  if (!planned.key.has_value()) return absl::InternalError(action.id + " adds no key");
  ASSIGN_OR_RETURN(planned.source, NameNow(run, action.source_oid, action.source));
  return planned;
}

}  // namespace

absl::Status ApplyOnlineKey(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  ASSIGN_OR_RETURN(const plan::Action planned, PlannedKey(run, action));
  return OnlineKey(run, action, planned).Apply(row);
}

absl::Status DropUnfinishedIndex(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(const plan::Action planned, PlannedKey(run, action));
  ASSIGN_OR_RETURN(const std::vector<ledger::PlanStep> steps,
                   ledger::ReadPlanSteps(run->connection, run->run_id, action.id));
  for (const ledger::PlanStep& step : steps) {
    if (step.done || step.undone || PartOf(step.sql) != Part::kIndex) continue;
    RETURN_IF_ERROR(DropInvalid(run, IndexOf(action, planned, step.sql)));
  }
  return absl::OkStatus();
}

}  // namespace regraft::apply
