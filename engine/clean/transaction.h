// What execution and undo share. Internal to this folder.
#pragma once

#include "engine/clean/target.h"
#include "engine/ledger/clean_changes.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regraft::clean {

// Runs `work` in a transaction and commits it; where a lock is not obtained, again from its
// beginning until the time is over. Errors: the work's; kLock.
absl::Status InTransaction(pg::Connection& connection, int lock_wait_seconds,
                           const std::function<absl::Status()>& work);

// Runs `work` with the leaf lock's permit, in the transaction of InTransaction(). `what` names it
// to whoever looks at the permit.
absl::Status WithPermit(pg::Connection& connection, const std::string& what,
                        const std::function<absl::Status()>& work);

// On what a repair or its undo writes: readers go on, writers wait.
inline constexpr std::string_view kWrittenMode = "SHARE ROW EXCLUSIVE";
// Until the end of the transaction: what the repair writes, and those that refer to rows that go,
// in kWrittenMode; what else its SQL reads in SHARE, so that its answer holds when it is committed.
// By OID. Errors: PermissionDenied with the GRANT.
absl::Status LockTables(pg::Connection& connection, const Target& target);

// Number and digest of rows.
struct Digest {
  int64_t rows = 0;
  std::string digest;
  friend bool operator==(const Digest&, const Digest&) = default;
};
absl::StatusOr<Digest> ReadDigest(pg::Connection& connection, const std::string& rows_sql);

// Keeps user triggers of tables still until Restore(), which a rollback makes unnecessary.
class QuietTriggers {
 public:
  explicit QuietTriggers(pg::Connection* connection) : connection_(*connection) {}
  absl::Status Silence(uint32_t table, bool rows_go);
  absl::Status Restore();

 private:
  pg::Connection& connection_;
  std::vector<Trigger> silenced_;
};

// Runs a statement that must change exactly so many rows. Errors: Differences.
absl::Status ChangeExactly(pg::Connection& connection, const std::string& sql, int64_t rows,
                           const std::string& what);

// UPDATE of the change's columns from what is kept: the new values, or (undo) the old ones where
// the new ones still stand. `table` is quoted.
std::string UpdateSql(const std::string& table, const ledger::CleanChange& change, bool undo);

// Names of the live columns: all, without some, or those that INSERT may name.
std::vector<std::string> ColumnNames(const catalog::Table& table,
                                     const std::vector<std::string>& without = {});
std::vector<std::string> InsertableColumns(const catalog::Table& table);

}  // namespace regraft::clean
