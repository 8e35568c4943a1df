#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/clean/clean.h"
#include "engine/clean/transaction.h"
#include "engine/ledger/apply_lock.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>

namespace regraft::clean {
namespace {

using ledger::CleanChange;

// In the caller's transaction, last changes first: rows come back before what refers to them.
class Undo {
 public:
  Undo(pg::Connection* connection, RepairReport* report)
      : connection_(*connection), report_(*report), quiet_(connection) {}

  absl::Status Run(const std::vector<CleanChange>& changes) {
    // By OID: two programs that lock in the same order do not wait for each other.
    std::map<uint32_t, const CleanChange*> relations;
    for (const CleanChange& change : changes) relations.emplace(change.relation, &change);
    for (const auto& [oid, change] : relations) RETURN_IF_ERROR(Hold(*change).status());
    for (auto change = changes.rbegin(); change != changes.rend(); ++change)
      RETURN_IF_ERROR(change->kind == "rows" ? BringBack(*change) : Restore(*change));
    return quiet_.Restore();
  }

 private:
  // What the undo is made from must be what the repair kept.
  absl::StatusOr<Digest> CheckKept(const CleanChange& change) {
    const std::string row = change.kind == "rows" ? RowText("s", change.columns) : "s::text";
    ASSIGN_OR_RETURN(
        const Digest kept,
        ReadDigest(connection_, absl::StrCat("SELECT ", row, " FROM ", change.kept, " AS s")));
    if (kept == Digest{.rows = change.rows, .digest = change.digest}) return kept;
    return Differences(
        absl::StrCat(change.kind == "rows" ? "the archive " : "the table of old values ",
                     change.kept, " is not as the repair left it: ", kept.rows, " rows, ",
                     change.rows, " then; nothing was undone"));
  }

  // By OID: a table that was renamed or moved since is still the one.
  absl::StatusOr<catalog::Table> Hold(const CleanChange& change) {
    ASSIGN_OR_RETURN(const catalog::Table named, catalog::ReadTable(connection_, change.relation));
    RETURN_IF_ERROR(connection_.Run(absl::StrCat("LOCK TABLE ", pg::QuoteQualified(named.name),
                                                 " IN ", std::string(kWrittenMode), " MODE")));
    // Only now does it stay as it is.
    ASSIGN_OR_RETURN(catalog::Table table, catalog::ReadTable(connection_, change.relation));
    if (!(table.name == named.name))
      return WithKind(absl::UnavailableError(absl::StrCat(
                          pg::DisplayName(named.name), " was renamed meanwhile to ",
                          pg::DisplayName(table.name), "; the same command again is safe")),
                      FailureKind::kLock);
    if (change.suppressed) RETURN_IF_ERROR(quiet_.Silence(change.relation, change.kind == "rows"));
    return table;
  }

  absl::Status Restore(const CleanChange& change) {
    ASSIGN_OR_RETURN(const catalog::Table table, Hold(change));
    RETURN_IF_ERROR(CheckKept(change).status());
    const absl::Status restored = ChangeExactly(
        connection_, UpdateSql(pg::QuoteQualified(table.name), change, /*undo=*/true), change.rows,
        absl::StrCat("values of ", change.name, " that are as the repair left them"));
    RETURN_IF_ERROR(restored);
    report_.changed += change.rows;
    return connection_.Run("DROP TABLE " + change.kept);
  }

  absl::Status BringBack(const CleanChange& change) {
    ASSIGN_OR_RETURN(const catalog::Table table, Hold(change));
    const std::string name = pg::QuoteQualified(table.name);
    const std::string archived = absl::StrCat("SELECT ", RowText("s", change.columns), " FROM ");
    ASSIGN_OR_RETURN(const Digest kept, CheckKept(change));
    std::vector<std::string> columns, same;
    for (const std::string& column : InsertableColumns(table))
      if (std::find(change.columns.begin(), change.columns.end(), column) != change.columns.end())
        columns.push_back(pg::QuoteIdentifier(column));
    const std::string list = absl::StrJoin(columns, ", ");
    RETURN_IF_ERROR(ChangeExactly(
        connection_,
        absl::StrCat("INSERT INTO ", name, " (", list, ") OVERRIDING SYSTEM VALUE SELECT ", list,
                     " FROM ", change.kept),
        change.rows, "rows of " + change.name));
    for (const std::string& key : change.key)
      same.push_back(
          absl::StrCat("s.", pg::QuoteIdentifier(key), " = k.", pg::QuoteIdentifier(key)));
    ASSIGN_OR_RETURN(
        const Digest back,
        ReadDigest(connection_, absl::StrCat(archived, name, " AS s JOIN ", change.kept,
                                             " AS k ON ", absl::StrJoin(same, " AND "))));
    if (back != kept)
      return Differences(absl::StrCat("the rows of ", change.name,
                                      " did not come back as they were; nothing was undone"));
    report_.archived += change.rows;
    return connection_.Run("DROP TABLE " + change.kept);
  }

  pg::Connection& connection_;
  RepairReport& report_;
  QuietTriggers quiet_;
};

// Whether the table is again what it was: it need not be, where others have worked on it since.
absl::StatusOr<bool> IsAsBefore(pg::Connection& connection, const CleanChange& last,
                                const std::string& digest, RepairReport* report) {
  ASSIGN_OR_RETURN(const catalog::Table table, catalog::ReadTable(connection, last.relation));
  ASSIGN_OR_RETURN(
      const Digest now,
      ReadDigest(connection, absl::StrCat("SELECT ", RowText("s", ColumnNames(table)), " FROM ",
                                          pg::QuoteQualified(table.name), " AS s")));
  report->rows_after = now.rows;
  return now.digest == digest;
}

// In the transaction of UndoRepair().
absl::Status UndoInside(pg::Connection& connection, const std::string& id, int64_t run_id,
                        RepairReport* report) {
  *report = {.id = id, .touched = true};
  ASSIGN_OR_RETURN(const std::string state, ledger::HoldRepair(connection, run_id, id));
  ASSIGN_OR_RETURN(const auto rows, ledger::ReadPlanActions(connection, run_id));
  ASSIGN_OR_RETURN(const auto changes, ledger::ReadCleanChanges(connection, run_id, id));
  ledger::PlanAction row =
      *std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.id == id; });
  if (state != "done") return BadPlan(absl::StrCat("the repair ", id, " is ", state, " by now"));
  report->kind = row.kind;
  report->table = row.source;
  report->archive = row.remainder_table;
  RETURN_IF_ERROR(Undo(&connection, report).Run(changes));
  ASSIGN_OR_RETURN(const bool same,
                   IsAsBefore(connection, changes.back(), row.source_digest, report));
  report->words = same
                      ? "every row is as it was"
                      : "what the repair changed is as it was; others have changed the table since";
  report->rows_before = row.rows_target.value_or(0);
  row.state = report->state = "undone";
  return ledger::UpdatePlanAction(connection, run_id, row);
}

}  // namespace

absl::Status UndoRepair(const UndoOptions& options, RepairReport* report) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options.connect));
  RETURN_IF_ERROR(ledger::TakeApplyLock(connection, options.lock_wait_seconds, options.say));
  ASSIGN_OR_RETURN(const bool has_clean, ledger::HasClean(connection));
  int64_t run_id = 0;
  if (has_clean) {
    ASSIGN_OR_RETURN(run_id, ledger::FindCleanRun(connection, options.id));
  }
  if (run_id == 0)
    return BadPlan(
        absl::StrCat("the ledger knows no repair ", options.id,
                     " that is done; SELECT action_id, state FROM regraft.plan_action lists them"));
  return InTransaction(connection, options.lock_wait_seconds, [&]() -> absl::Status {
    return WithPermit(connection, "undo of repair " + options.id, [&]() -> absl::Status {
      return UndoInside(connection, options.id, run_id, report);
    });
  });
}

}  // namespace regraft::clean
