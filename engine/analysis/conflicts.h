// Which source rows cannot enter the target, found by SQL before the first row moves: NULL where
// the target forbids it, CHECK constraints, values that would not survive their cast, unique
// indexes.
#pragma once

#include "engine/analysis/copy_plan.h"

#include <string>

namespace regraft::analysis {

struct ConflictQuery {
  // A SELECT of (leaf oid, ctid, reason, winner) with one row per source row that cannot enter;
  // empty if the catalog alone proves that there is none.
  std::string sql;
  std::vector<std::string> notes;  // indexes that cannot be tried beforehand, and why
};

// `target_is_empty`: no row of it needs to be compared with. REQUIRES: both tables in one database.
ConflictQuery FindConflicts(const CopyPlan& plan, bool target_is_empty);

// A SELECT of (tableoid, ctid, the target's columns in their order): the source rows as they would
// stand in the target. What the server draws (sequences) is NULL.
std::string SelectImage(const CopyPlan& plan);

}  // namespace regraft::analysis
