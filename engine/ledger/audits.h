// What audits found, run by run. Every function runs in the transaction that the caller has open.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::ledger {

struct AuditRun {
  std::string plan_name, plan_text;  // of the text its SHA-256 is kept
  std::string snapshot_at;
};

struct AuditRecord {
  std::string id;
  std::string definition;                             // equal for as long as the same is checked
  std::optional<int64_t> found, expected, tolerance;  // absent: of kind freshness
  bool passed = false;
  std::string parts_json = "{}";
  std::string at;  // when its run took the snapshot; only of what was read
};

absl::StatusOr<int64_t> InsertAudits(pg::Connection& connection, const AuditRun& run,
                                     const std::vector<AuditRecord>& records);
// The latest record of this check.
absl::StatusOr<std::optional<AuditRecord>> LatestAudit(pg::Connection& connection,
                                                       const std::string& id,
                                                       const std::string& definition);

}  // namespace regraft::ledger
