// One audit with its tables found, as SQL.
#pragma once

#include "engine/catalog/table.h"
#include "engine/pg/connection.h"
#include "engine/plan/audit.h"

#include "absl/status/statusor.h"

#include <optional>
#include <string>
#include <vector>

namespace regraft::audit {

struct Check {
  const plan::Audit* audit = nullptr;
  std::optional<catalog::Table> table, other;
  std::vector<std::string> equals;           // per pair of the join: OPERATOR(pg_catalog.=)
  std::string collation;                     // duplicate: quoted, with its schema
  std::vector<pg::QualifiedName> relations;  // all that its SQL reads, as far as they exist
};

struct CheckSql {
  // One row: the number that is compared, then the parts.
  std::string counts;
  std::vector<std::string> parts;
  std::string faults;  // the rows; empty: the kind finds none
};

// REQUIRES: of `check`, tables and columns exist.
CheckSql SqlOf(const Check& check);

// Finds tables and columns of each audit. What is wrong with them is added to `problems`, a line
// each. REQUIRES: no transaction is open.
absl::StatusOr<std::vector<Check>> BindChecks(pg::Connection& connection,
                                              const std::vector<const plan::Audit*>& audits,
                                              std::vector<std::string>* problems);

}  // namespace regraft::audit
