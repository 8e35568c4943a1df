// What shows that an action which only renames a table wrote none of its rows: the files that hold
// them. Every function runs in the transaction that the caller has open, or in one of its own if
// none is.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>

namespace regraft::ledger {

// Which files hold the rows of a relation: a number per table and, behind "+", of its TOAST table,
// as pg_relation_filenode() gives it; leaves of a partitioned one apart by blanks. Empty: no files.
struct PlanStorage {
  std::string files_before, files_after;  // of the action's statements, under one lock
  int64_t rows_written = 0;               // between them
  // Rows with a later xmin were written when the action was over.
  uint64_t horizon = 0;
};
// Errors: of the server, where the two are not equal or rows were written.
absl::Status InsertPlanStorage(pg::Connection& connection, int64_t run_id,
                               const std::string& action_id, const PlanStorage& storage);
// Nullopt: nothing was recorded of this action, as by a version that did not.
absl::StatusOr<std::optional<PlanStorage>> ReadPlanStorage(pg::Connection& connection,
                                                           int64_t run_id,
                                                           const std::string& action_id);
// What it would be now: files_after, horizon, and in rows_written what this session has written to
// the relation so far, in its latest transactions.
absl::StatusOr<PlanStorage> StorageNow(pg::Connection& connection, uint32_t relation);

}  // namespace regraft::ledger
