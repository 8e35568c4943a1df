#include "engine/approval/approval.h"
#include "engine/approval/judge.h"
#include "engine/approval/staleness.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/clean/clean.h"
#include "engine/clean/transaction.h"
#include "engine/leaf_lock/registry.h"
#include "engine/ledger/apply_lock.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/pg/identifier.h"
#include "engine/plan/read_plan.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <set>

namespace regraft::clean {
namespace {

using ledger::CleanChange;
using saved_plan::SavedAction;

std::string SelectRows(const std::string& table, const std::vector<std::string>& columns) {
  return absl::StrCat("SELECT ", RowText("s", columns), " FROM ", table, " AS s");
}

// One repair, in the caller's transaction, its tables locked. Whatever fails takes all of it back.
class Execution {
 public:
  // `position`: the repair's in the run; with it the names of what is kept are unique and short.
  struct Place {
    int64_t run_id = 0;
    int position = 0;
  };
  Execution(pg::Connection* connection, Place place, const SavedAction& action,
            const Target& target)
      : connection_(*connection),
        run_id_(place.run_id),
        position_(place.position),
        action_(action),
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
    return absl::StrCat("regraft.",
                        absl::StrCat("kept_", run_id_, "_", position_, "_", ++kept_tables_));
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

// Writers of the table, and of those that refer to rows that go, wait; readers do not.
absl::Status LockTables(pg::Connection& connection, const Target& target) {
  std::set<std::string> names = {pg::QuoteQualified(target.table().name)};
  for (const Referrer& referrer : target.referrers)
    names.insert(pg::QuoteQualified(referrer.check.table->name));
  return connection.Run(
      absl::StrCat("LOCK TABLE ", absl::StrJoin(names, ", "), " IN SHARE ROW EXCLUSIVE MODE"));
}

class Cleaner {
 public:
  Cleaner(const CleanOptions& options, pg::Connection connection, plan::Plan plan,
          CleanReport* report)
      : options_(options),
        connection_(std::move(connection)),
        plan_(std::move(plan)),
        report_(*report) {}

  absl::Status Run() {
    for (const SavedAction& action : options_.plan.actions)
      if (action.method == kRepairMethod)
        report_.repairs.push_back(
            {.id = action.id, .kind = action.kind, .table = action.source, .state = "waiting"});
    RETURN_IF_ERROR(CheckIds());
    RETURN_IF_ERROR(Begin());
    for (RepairReport& repair : report_.repairs) {
      if (repair.state == "done" || !IsWanted(repair.id)) continue;
      RETURN_IF_ERROR(RunOne(&repair));
    }
    return absl::OkStatus();
  }

 private:
  [[nodiscard]] bool IsWanted(const std::string& id) const {
    return options_.only.empty() || options_.only.contains(id);
  }

  absl::Status CheckIds() const {
    for (const std::string& id : options_.only)
      if (std::none_of(report_.repairs.begin(), report_.repairs.end(),
                       [&](const RepairReport& repair) { return repair.id == id; }))
        return BadPlan(absl::StrCat("--only ", id, ": ", options_.file, " has no such repair"));
    return absl::OkStatus();
  }

  // A run of this file that is not finished goes on; otherwise an approval opens a new one.
  absl::Status Begin() {
    RETURN_IF_ERROR(ledger::TakeApplyLock(connection_, options_.lock_wait_seconds, options_.say));
    ASSIGN_OR_RETURN(const bool found, FindRun());
    if (!found) RETURN_IF_ERROR(PassGate());
    return is_stored_ ? absl::OkStatus() : StoreBeginning();
  }

  absl::Status PassGate() {
    ASSIGN_OR_RETURN(std::vector<std::string> reasons,
                     approval::StaleReasons(connection_, options_.plan));
    const approval::Candidate candidate{
        .plan = options_.plan, .stale_reasons = std::move(reasons), .file = options_.file};
    ASSIGN_OR_RETURN(const approval::Gate gate, approval::CheckGate(connection_, candidate));
    if (!gate.open()) return approval::Closed(gate);
    RETURN_IF_ERROR(options_.confirm(absl::StrCat(gate.words, ". Repair now?")));
    RETURN_IF_ERROR(ledger::Install(connection_));
    ASSIGN_OR_RETURN(report_.run_id, approval::Consume(connection_, candidate));
    return absl::OkStatus();
  }

  absl::Status StoreBeginning() {
    ASSIGN_OR_RETURN(const std::string document, saved_plan::WriteSavedPlan(options_.plan));
    std::vector<ledger::PlanAction> rows;
    for (const SavedAction& action : options_.plan.actions)
      if (action.method == kRepairMethod)
        rows.push_back({.id = action.id,
                        .position = static_cast<int>(rows.size()) + 1,
                        .kind = action.kind,
                        .source = action.source,
                        .target = action.source,
                        .source_oid = action.source_oid,
                        .target_oid = action.source_oid});
    return InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
      RETURN_IF_ERROR(ledger::StoreSavedPlan(connection_, options_.plan.sha256, document));
      return ledger::InsertPlanActions(connection_, report_.run_id, rows);
    });
  }

  absl::StatusOr<bool> FindRun() {
    ASSIGN_OR_RETURN(const bool has_clean, ledger::HasClean(connection_));
    if (!has_clean) return false;
    ASSIGN_OR_RETURN(const auto run_id, ledger::FindPlanRun(connection_, options_.plan.sha256));
    if (!run_id.has_value()) return false;
    ASSIGN_OR_RETURN(const auto rows, ledger::ReadPlanActions(connection_, *run_id));
    // Something taken back closes a run, and so does its end: what comes then is another one.
    const auto is = [](const char* state) {
      return [state](const ledger::PlanAction& row) { return row.state == state; };
    };
    if (std::any_of(rows.begin(), rows.end(), is("undone")) ||
        (!rows.empty() && std::all_of(rows.begin(), rows.end(), is("done"))))
      return false;
    report_.run_id = *run_id;
    // Without rows it ended between the approval's use and what it begins with.
    is_stored_ = !rows.empty();
    for (RepairReport& repair : report_.repairs)
      for (const ledger::PlanAction& row : rows)
        if (row.id == repair.id) repair.state = row.state;
    return true;
  }

  absl::Status RunOne(RepairReport* repair) {
    const auto& actions = options_.plan.actions;
    const SavedAction& action =
        *std::find_if(actions.begin(), actions.end(),
                      [&](const SavedAction& one) { return one.id == repair->id; });
    const plan::Repair& planned =
        *std::find_if(plan_.repairs.begin(), plan_.repairs.end(),
                      [&](const plan::Repair& one) { return one.id == repair->id; });
    options_.say(absl::StrCat(repair->id, ": ", action.rows, " rows of ", action.source));
    const absl::Status done =
        InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
          return WithPermit(connection_, options_.plan.sha256,
                            [&]() -> absl::Status { return Execute(planned, action, repair); });
        });
    repair->touched = true;
    if (done.ok()) return absl::OkStatus();
    repair->state = "failed";
    repair->words = std::string(done.message());
    // What failed is the cause; a lost session cannot record it either.
    RecordFailure(*repair).IgnoreError();
    return Annotate(done, "repair " + repair->id);
  }

  // Never over what is done: the undo would not find it again.
  absl::Status RecordFailure(const RepairReport& repair) {
    return InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const std::string state,
                       ledger::HoldRepair(connection_, report_.run_id, repair.id));
      if (state == "done" || state == "undone") return absl::OkStatus();
      ledger::PlanAction row{.id = repair.id};
      row.state = "failed";
      row.error = repair.words;
      return ledger::UpdatePlanAction(connection_, report_.run_id, row);
    });
  }

  absl::Status Execute(const plan::Repair& planned, const SavedAction& action,
                       RepairReport* repair) {
    ASSIGN_OR_RETURN(const std::string state,
                     ledger::HoldRepair(connection_, report_.run_id, repair->id));
    if (state == "done" || state == "undone") {
      repair->state = state;
      return absl::OkStatus();
    }
    // The names decide what is locked; what they mean stays as it is from then on.
    ASSIGN_OR_RETURN(const Target named, Bind(planned));
    RETURN_IF_ERROR(LockTables(connection_, named));
    ASSIGN_OR_RETURN(const Target target, Bind(planned));
    RETURN_IF_ERROR(CheckFresh(target));
    const int position = static_cast<int>(repair - report_.repairs.data()) + 1;
    return Execution(&connection_, {report_.run_id, position}, action, target).Run(repair);
  }

  absl::StatusOr<Target> Bind(const plan::Repair& planned) {
    std::vector<std::string> mistakes;
    ASSIGN_OR_RETURN(Target target, BindRepair(connection_, planned, &mistakes));
    mistakes.insert(mistakes.end(), target.problems.begin(), target.problems.end());
    if (!mistakes.empty()) return NotApproved(absl::StrJoin(mistakes, "; "));
    return target;
  }

  // Whether the tables are those of the proposal, as they were then; a run that goes on after days
  // asks this too.
  absl::Status CheckFresh(const Target& target) {
    const std::set<uint32_t> oids = Relations(target);
    saved_plan::SavedPlan part = options_.plan;
    std::erase_if(part.fingerprint,
                  [&](const auto& relation) { return !oids.contains(relation.oid); });
    ASSIGN_OR_RETURN(std::vector<std::string> reasons, approval::StaleReasons(connection_, part));
    if (part.fingerprint.size() != oids.size())
      reasons.push_back("other tables take part now than when it was proposed");
    if (reasons.empty()) return absl::OkStatus();
    return NotApproved(absl::StrCat(absl::StrJoin(reasons, "; "),
                                    "; nothing of this repair was done. Propose and approve it "
                                    "again"));
  }

  const CleanOptions& options_;
  pg::Connection connection_;
  plan::Plan plan_;
  CleanReport& report_;
  bool is_stored_ = false;  // the run has its rows
};

}  // namespace

absl::Status Clean(const CleanOptions& options, CleanReport* report) {
  ASSIGN_OR_RETURN(plan::Plan plan, plan::ReadPlan(options.plan.plan_text, options.file));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options.connect));
  return Cleaner(options, std::move(connection), std::move(plan), report).Run();
}

}  // namespace regraft::clean
