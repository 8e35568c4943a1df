// What `diff` compares: the columns that two relations share, by name, and the key that tells their
// rows.
#pragma once

#include "cli/commands/read_relation.h"
#include "engine/verification/row_diff.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::cli {

struct DiffPlan {
  std::vector<std::string> columns;  // in A's order
  std::vector<size_t> key;           // indexes of columns; empty: whole rows
  std::string key_source;            // for people: "primary key", "unique index orders_no", "--key"
  // Everything but where and how to scan.
  verification::DiffSide a;
  verification::DiffSide b;

  [[nodiscard]] std::vector<std::string> key_names() const;
};

struct DiffPlanRequest {
  const OpenedRelation& a;
  const OpenedRelation& b;
  std::string key;     // --key, a column list
  std::string ignore;  // --ignore
  bool same_database = false;
};

// Errors, all kBadPlan: a column that only one side has, columns of types whose images cannot be
// compared.
absl::StatusOr<DiffPlan> PlanDiff(const DiffPlanRequest& request);

}  // namespace regraft::cli
