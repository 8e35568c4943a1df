// Reads the rows of a copy back from its target, in transactions of its own, and digests them per
// transaction that wrote them. Knows nothing of how they got there.
#pragma once

#include "engine/analysis/read_back_plan.h"
#include "engine/catalog/table.h"
#include "engine/digest/digest.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace regraft::verification {

struct ReadBackRequest {
  pg::ConnectOptions connect;
  std::vector<catalog::Leaf> leaves;  // of the target
  const analysis::ReadBackPlan* plan = nullptr;
  std::string mine;      // SQL over s: which rows are the copy's; "true" for all
  std::string snapshot;  // empty: one of its own
  int jobs = 2;
  std::atomic<int64_t>* rows_read = nullptr;  // counts up, for whoever shows it; may be null
};

// The three digests of a set of target rows: as sent, as the source's columns rebuilt, as landed
// (defaults and generated columns included).
struct RowSums {
  digest::SetDigest written, source, landed;

  RowSums& operator+=(const RowSums& other) {
    written += other.written;
    source += other.source;
    landed += other.landed;
    return *this;
  }
};

struct ReadBack {
  std::map<uint32_t, RowSums> mine;  // by xmin
  digest::SetDigest others;          // rows that are not mine, as landed

  [[nodiscard]] RowSums Total() const;
};

absl::StatusOr<ReadBack> ReadTargetBack(const ReadBackRequest& request);

}  // namespace regraft::verification
