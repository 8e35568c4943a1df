#include "engine/clean/execution.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/clean/transaction.h"
#include "engine/leaf_lock/registry.h"
#include "engine/ledger/plan_runs.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::clean {
namespace {

using ledger::CleanChange;
using saved_plan::SavedAction;

std::string SelectRows(const std::string& table, const std::vector<std::string>& columns) {
  return absl::StrCat("SELECT ", RowText("s", columns), " FROM ", table, " AS s");
}

class Execution {
 public:
  Execution(pg::Connection* connection, const RepairOfRun& repair, const Target& target)
      : connection_(*connection),
        run_id_(repair.run_id),
        position_(repair.position),
        action_(repair.action),
        target_(target),
        quiet_(connection),
        table_(pg::QuoteQualified(target.table().name)) {
    suppressed_ = target.repair->allow.contains(std::string(plan::kTriggersSuppressed));
  }

  absl::Status Run(RepairReport* report) {
    report_ = report;
    report_->moved = 0;  // of an attempt before
    RETURN_IF_ERROR(KeepAffected());
    RETURN_IF_ERROR(ReadBefore());
    RETURN_IF_ERROR(Silence());
    RETURN_IF_ERROR(target_.removes() ? RemoveRows() : ChangeValues());
    RETURN_IF_ERROR(quiet_.Restore());
    report_->rows_before = before_.rows;
    report_->rows_after = before_.rows - report_->archived;
    report_->state = "done";
    return Record();
  }

 private:
  std::string NewKept() {
    return absl::StrCat("regraft.kept_", run_id_, "_", position_, "_", ++kept_tables_);
  }

  // What was approved is exactly these rows with exactly these values; of rows that go, all of
  // them.
  absl::Status KeepAffected() {
    kept_ = NewKept();
    RETURN_IF_ERROR(connection_.Run(
        absl::StrCat("CREATE TABLE ", kept_, " AS ", AffectedSql(target_), "; ANALYZE ", kept_)));
    ASSIGN_OR_RETURN(affected_, ReadDigest(connection_, ApprovedSql(target_, kept_)));
    if (affected_.rows == action_.rows && affected_.digest == action_.digest)
      return absl::OkStatus();
    return NotApproved(
        absl::StrCat("the rows are not those that were approved: ", action_.rows, " then, ",
                     affected_.rows, affected_.rows == action_.rows ? " others" : "",
                     " now; nothing of this repair was done. Propose and approve it again"));
  }

  absl::Status ReadBefore() {
    columns_ = ColumnNames(target_.table());
    ASSIGN_OR_RETURN(before_, ReadDigest(connection_, SelectRows(table_, columns_)));
    return absl::OkStatus();
  }

  absl::Status Silence() {
    if (!suppressed_) return absl::OkStatus();
    RETURN_IF_ERROR(quiet_.Silence(target_.table().oid, target_.removes()));
    if (target_.repair->kind == plan::RepairKind::kDedupe)
      for (const Referrer& referrer : target_.referrers)
        RETURN_IF_ERROR(quiet_.Silence(referrer.check.table->oid, false));
    return absl::OkStatus();
  }

  // Sets the columns of `change` to what is kept, and proves that nothing else in the table
  // changed.
  absl::Status Update(const catalog::Table& table, CleanChange change) {
    const std::string name = pg::QuoteQualified(table.name);
    const std::string others = SelectRows(name, ColumnNames(table, change.columns));
    ASSIGN_OR_RETURN(const Digest before, ReadDigest(connection_, others));
    RETURN_IF_ERROR(ChangeExactly(connection_, UpdateSql(name, change, /*undo=*/false), change.rows,
                                  absl::StrCat("values of ", change.name)));
    ASSIGN_OR_RETURN(const Digest after, ReadDigest(connection_, others));
    if (before != after)
      return Differences(absl::StrCat("other columns of ", change.name,
                                      " changed too (a trigger "
                                      "or a generated column?); nothing was changed"));
    ASSIGN_OR_RETURN(const pg::Result there, connection_.Execute(Arrived(name, change)));
    if (there.Int64(0, 0) != change.rows)
      return Differences(absl::StrCat(there.Int64(0, 0), " of ", change.rows, " values of ",
                                      change.name, " arrived; nothing was changed"));
    changes_.push_back(std::move(change));
    return absl::OkStatus();
  }

  static std::string Arrived(const std::string& name, const CleanChange& change) {
    std::string same;
    for (size_t i = 0; i < change.columns.size(); ++i)
      absl::StrAppend(&same, " AND s.", pg::QuoteIdentifier(change.columns[i]),
                      "::text IS NOT DISTINCT FROM k.n", i, "::text");
    return absl::StrCat("SELECT count(*) FROM ", name, " AS s JOIN ", change.kept, " AS k ON ",
                        SameKey("s", change.key, "k"), same);
  }

  absl::Status ChangeValues() {
    report_->changed = affected_.rows;
    return Update(target_.table(), {.position = 1,
                                    .relation = target_.table().oid,
                                    .name = action_.source,
                                    .kind = "values",
                                    .key = target_.key,
                                    .columns = {target_.repair->column},
                                    .kept = kept_,
                                    .rows = affected_.rows,
                                    .digest = affected_.digest,
                                    .suppressed = suppressed_});
  }

  absl::Status MoveReferences() {
    if (target_.repair->kind != plan::RepairKind::kDedupe) return absl::OkStatus();
    for (const Referrer& referrer : target_.referrers) {
      CleanChange change{.position = static_cast<int>(changes_.size()) + 1,
                         .relation = referrer.check.table->oid,
                         .name = pg::DisplayName(referrer.check.table->name),
                         .kind = "values",
                         .key = referrer.key,
                         .columns = {},
                         .kept = NewKept()};
      for (const plan::ColumnPair& pair : referrer.check.audit->join)
        change.columns.push_back(pair.source);
      RETURN_IF_ERROR(connection_.Run(
          absl::StrCat("CREATE TABLE ", change.kept, " AS ", MovedSql(target_, referrer, kept_))));
      ASSIGN_OR_RETURN(
          const Digest moved,
          ReadDigest(connection_, absl::StrCat("SELECT k::text FROM ", change.kept, " AS k")));
      change.rows = moved.rows;
      change.digest = moved.digest;
      change.suppressed = suppressed_;
      report_->moved += moved.rows;
      RETURN_IF_ERROR(Update(*referrer.check.table, std::move(change)));
    }
    return absl::OkStatus();
  }

  // A foreign key that cascades would take those rows along. What is locked stays so until the end.
  absl::Status CheckUnreferenced() {
    for (const Referrer& referrer : target_.referrers) {
      ASSIGN_OR_RETURN(const pg::Result found,
                       connection_.Execute(ReferringSql(target_, referrer, kept_)));
      if (found.Int64(0, 0) == 0) continue;
      return NotApproved(
          absl::StrCat(found.Int64(0, 0), " rows of ", referrer.words,
                       " refer to rows that would go, which was not so when they were approved; "
                       "nothing of this repair was done. Repair that table first, or leave these "
                       "rows out by \"where\", and propose it again"));
    }
    return absl::OkStatus();
  }

  // First into the archive, then away; the table and the archive together are what the table was.
  absl::Status RemoveRows() {
    ASSIGN_OR_RETURN(const pg::QualifiedName archive,
                     pg::ParseQualifiedName(action_.remainder_table));
    const std::string name = pg::QuoteQualified(archive);
    std::vector<std::string> quoted;
    for (const std::string& column : columns_) quoted.push_back("s." + pg::QuoteIdentifier(column));
    const std::string doomed = absl::StrCat(" FROM ", table_, " AS s JOIN ", kept_, " AS k ON ",
                                            SameKey("s", target_.key, "k"));
    RETURN_IF_ERROR(connection_.Run(
        absl::StrCat("CREATE TABLE ", name, " AS SELECT ", absl::StrJoin(quoted, ", "), doomed)));
    RETURN_IF_ERROR(
        leaf_lock::RegisterArchive(connection_, archive, target_.table().name,
                                   absl::StrCat("run ", run_id_, ", repair ", action_.id)));
    ASSIGN_OR_RETURN(const Digest archived, ReadDigest(connection_, SelectRows(name, columns_)));
    RETURN_IF_ERROR(MoveReferences());
    RETURN_IF_ERROR(CheckUnreferenced());
    RETURN_IF_ERROR(ChangeExactly(connection_,
                                  absl::StrCat("DELETE FROM ", table_, " AS s USING ", kept_,
                                               " AS k WHERE ", SameKey("s", target_.key, "k")),
                                  affected_.rows, absl::StrCat("rows of ", action_.source)));
    ASSIGN_OR_RETURN(
        const Digest together,
        ReadDigest(connection_, absl::StrCat(SelectRows(table_, columns_), " UNION ALL ",
                                             SelectRows(name, columns_))));
    if (archived.rows != affected_.rows || together != before_)
      return Differences(absl::StrCat(action_.source, " and ", action_.remainder_table,
                                      " together are not what the table was: ", together.rows,
                                      " rows, ", before_.rows, " before; nothing was changed"));
    RETURN_IF_ERROR(connection_.Run("DROP TABLE " + kept_));
    report_->archived = archived.rows;
    report_->archive = action_.remainder_table;
    changes_.push_back({.position = static_cast<int>(changes_.size()) + 1,
                        .relation = target_.table().oid,
                        .name = action_.source,
                        .kind = "rows",
                        .key = target_.key,
                        .columns = columns_,
                        .kept = name,
                        .rows = archived.rows,
                        .digest = archived.digest,
                        .suppressed = suppressed_});
    return absl::OkStatus();
  }

  absl::Status Record() {
    for (const CleanChange& change : changes_)
      RETURN_IF_ERROR(ledger::InsertCleanChange(connection_, run_id_, action_.id, change));
    ledger::PlanAction row{.id = action_.id, .position = position_, .kind = action_.kind};
    row.state = "done";
    row.rows_source = report_->rows_before;
    row.rows_target = report_->rows_after;
    row.rows_remainder = report_->archived;
    row.remainder_table = report_->archive;
    row.source_digest = before_.digest;
    // Of what removes rows it was proved that nothing is missing; of values, that only they
    // changed.
    row.rebuilt_digest = target_.removes() ? before_.digest : "";
    return ledger::UpdatePlanAction(connection_, run_id_, row);
  }

  pg::Connection& connection_;
  int64_t run_id_;
  int position_;
  const SavedAction& action_;
  const Target& target_;
  QuietTriggers quiet_;
  std::string table_, kept_;
  std::vector<std::string> columns_;
  Digest affected_, before_;
  std::vector<CleanChange> changes_;
  RepairReport* report_ = nullptr;
  int kept_tables_ = 0;
  bool suppressed_ = false;
};

}  // namespace

absl::Status ExecuteRepair(pg::Connection& connection, const RepairOfRun& repair,
                           const Target& target, RepairReport* report) {
  return Execution(&connection, repair, target).Run(report);
}

}  // namespace regraft::clean
