#include "engine/clean/transaction.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/permit.h"
#include "engine/pg/identifier.h"
#include "engine/pg/patience.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::clean {

// Deferred keys are checked at once: a check that is pending forbids ALTER TABLE, and a failure
// names its statement.
absl::Status InTransaction(pg::Connection& connection, int lock_wait_seconds,
                           const std::function<absl::Status()>& work) {
  return pg::InTransaction(
      connection,
      absl::StrCat("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ",
                   pg::LockTimeoutSql(lock_wait_seconds), "; SET CONSTRAINTS ALL IMMEDIATE"),
      {.seconds = lock_wait_seconds}, work);
}

absl::Status WithPermit(pg::Connection& connection, const std::string& what,
                        const std::function<absl::Status()>& work) {
  ASSIGN_OR_RETURN(const leaf_lock::Permit permit, leaf_lock::OpenPermit(connection, what));
  RETURN_IF_ERROR(work());
  return leaf_lock::ClosePermit(connection, permit);
}

absl::StatusOr<Digest> ReadDigest(pg::Connection& connection, const std::string& rows_sql) {
  ASSIGN_OR_RETURN(const pg::Result read, connection.Execute(DigestSql(rows_sql)));
  return Digest{.rows = read.Int64(0, 0), .digest = read.Text(0, 1)};
}

absl::Status QuietTriggers::Silence(uint32_t table, bool rows_go) {
  ASSIGN_OR_RETURN(const auto triggers, ActingTriggers(connection_, table, rows_go));
  for (const Trigger& trigger : triggers) {
    RETURN_IF_ERROR(connection_.Run(
        absl::StrCat("ALTER TABLE ONLY ", trigger.relation, " DISABLE TRIGGER ", trigger.name)));
    silenced_.push_back(trigger);
  }
  return absl::OkStatus();
}

absl::Status QuietTriggers::Restore() {
  for (const Trigger& trigger : silenced_)
    RETURN_IF_ERROR(connection_.Run(absl::StrCat("ALTER TABLE ONLY ", trigger.relation, " ENABLE ",
                                                 trigger.enabled == 'A' ? "ALWAYS " : "",
                                                 "TRIGGER ", trigger.name)));
  silenced_.clear();
  return absl::OkStatus();
}

absl::Status ChangeExactly(pg::Connection& connection, const std::string& sql, int64_t rows,
                           const std::string& what) {
  ASSIGN_OR_RETURN(const pg::Result changed, connection.Execute(sql));
  if (changed.affected_rows() == rows) return absl::OkStatus();
  return Differences(absl::StrCat(what, ": ", changed.affected_rows(), " rows instead of ", rows,
                                  "; nothing was changed"));
}

std::string UpdateSql(const std::string& table, const ledger::CleanChange& change, bool undo) {
  std::vector<std::string> sets, still;
  for (size_t i = 0; i < change.columns.size(); ++i) {
    const std::string column = pg::QuoteIdentifier(change.columns[i]);
    sets.push_back(absl::StrCat(column, " = k.", undo ? "o" : "n", i));
    // As text: not every type has an equality, and some have one that is blind to differences.
    if (undo)
      still.push_back(
          absl::StrCat(" AND s.", column, "::text IS NOT DISTINCT FROM k.n", i, "::text"));
  }
  return absl::StrCat("UPDATE ", table, " AS s SET ", absl::StrJoin(sets, ", "), " FROM ",
                      change.kept, " AS k WHERE ", SameKey("s", change.key, "k"),
                      absl::StrJoin(still, ""));
}

std::vector<std::string> ColumnNames(const catalog::Table& table,
                                     const std::vector<std::string>& without) {
  std::vector<std::string> names;
  for (const catalog::Column& column : table.columns)
    if (std::find(without.begin(), without.end(), column.name) == without.end())
      names.push_back(column.name);
  return names;
}

std::vector<std::string> InsertableColumns(const catalog::Table& table) {
  std::vector<std::string> names;
  for (const catalog::Column& column : table.columns)
    if (column.generated == '\0') names.push_back(column.name);
  return names;
}

}  // namespace regraft::clean
