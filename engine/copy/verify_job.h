// Proves copies again, some time after they were made: from the ledger, the target, and the source
// while it exists. Changes nothing, the ledger neither.
#pragma once

#include "engine/copy/explain.h"
#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::copy {

struct VerifyOptions {
  pg::ConnectOptions target;
  std::optional<pg::ConnectOptions> source;  // where another database's source is; absent: unknown
  // All copies into this table; absent: the last copy recorded.
  std::optional<pg::QualifiedName> target_table;
  int jobs = 2;
};

struct VerifiedCopy {
  std::string source, target, provenance;
  int64_t rows = 0;        // by the ledger
  int64_t rows_found = 0;  // in the target
  int64_t rows_remainder = 0;
  int64_t chunks = 0, chunks_verified = 0;
  bool verified = false;
  std::string source_state;                // "unchanged", "changed", "gone", "not looked at"
  std::vector<std::string> differences;    // sentences
  std::vector<RowFinding> rows_different;  // at most 20
  double seconds = 0;
};

// Errors: Differences if any copy is not what it was; BadPlan if there is none to verify.
absl::Status VerifyCopies(const VerifyOptions& options, std::vector<VerifiedCopy>* copies);

}  // namespace regraft::copy
