// What repairs of data have changed, and where it is kept. Every function runs in the transaction
// that the caller has open.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::ledger {

struct CleanChange {
  int position = 0;
  uint32_t relation = 0;
  std::string name;  // of the relation then, display form
  // "values": `kept` holds k0 … (the key), then o0 …, n0 … per column of `columns`. "rows": `kept`
  // is the archive, with the table's own columns.
  std::string kind;
  std::vector<std::string> key, columns;
  std::string kept;  // quoted, with its schema
  int64_t rows = 0;
  std::string digest;       // of the archived rows
  bool suppressed = false;  // triggers were kept still
};

absl::Status InsertCleanChange(pg::Connection& connection, int64_t run_id,
                               const std::string& action_id, const CleanChange& change);
// In the order in which they were made.
absl::StatusOr<std::vector<CleanChange>> ReadCleanChanges(pg::Connection& connection,
                                                          int64_t run_id,
                                                          const std::string& action_id);
// The run with the latest repair of this id that is done; 0: none.
absl::StatusOr<int64_t> FindCleanRun(pg::Connection& connection, const std::string& action_id);

}  // namespace regraft::ledger
