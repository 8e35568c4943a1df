// What proves a plan's actions again and again: verifications and receipts. Every function runs in
// the transaction that the caller has open, or in one of its own if none is.
#pragma once

#include "engine/analysis/read_back_plan.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>

namespace regraft::ledger {

struct PlanVerification {
  std::string action_id;
  std::string verified_at;  // of those that are read
  bool equal = false;
  std::optional<int64_t> rows_source, rows_target, rows_remainder;
  std::string source_digest, rebuilt_digest;  // empty: none
  std::string words;
};

absl::Status InsertPlanVerification(pg::Connection& connection, int64_t run_id,
                                    const PlanVerification& verification);
// The latest one that found the action's rows to be what they must be.
absl::StatusOr<std::optional<PlanVerification>> LatestEqual(pg::Connection& connection,
                                                            int64_t run_id,
                                                            const std::string& action_id);

// Keeps a receipt. Kept already, by its root: nothing to do.
absl::Status StoreReceipt(pg::Connection& connection, int64_t run_id, const std::string& action_id,
                          const std::string& root, const std::string& document);

// What the ledger's copies say of the merge between two tables with this discriminator; nullopt if
// there is none that was finished.
struct MergedRows {
  int64_t run_id = 0;       // of regraft.run
  int64_t others_rows = 0;  // in the target, before the merge
  std::optional<std::string> landed_digest;
  analysis::ReadBackPlan read_back;
};
absl::StatusOr<std::optional<MergedRows>> FindMergedRows(pg::Connection& connection,
                                                         uint32_t source_oid, uint32_t target_oid,
                                                         const std::string& discriminator);

}  // namespace regraft::ledger
