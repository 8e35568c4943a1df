// Rows that cannot enter the target: found once, under the lock and in the snapshot, before the
// first chunk; kept in a table shaped like the source, and left out of every chunk by their ctid.
#pragma once

#include "engine/copy/job.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::copy {

struct RemainderRow {
  uint32_t leaf_oid = 0;
  std::string ctid;
  std::string reason;  // "not-null email", "unique orders_pkey", "check …", "loss amount"
  std::string winner;  // what stands in its place, empty if nothing does
};

struct Remainder {
  std::vector<RemainderRow> rows;
};

// Errors: BadPlan with the counts by reason where rows are found and the request names no remainder
// table.
absl::StatusOr<Remainder> FindRemainder(Job* job);

// Makes the remainder table with its rows, and records them. REQUIRES: the planning transaction is
// open.
absl::Status StoreRemainder(Job* job, const Remainder& remainder, ledger::RunRecord* run);

// Drops the remainder tables of these runs, in the transaction that `connection` has open. Errors:
// Differences where one no longer holds what was set aside, because it would be lost.
absl::Status DropRemainders(pg::Connection& connection, const Job& job,
                            const std::vector<ledger::RunRecord>& runs);

}  // namespace regraft::copy
