// The two readers that ReadDependents() is made of.
#pragma once

#include "engine/catalog/dependents.h"

namespace regraft::catalog {

// A table that is asked about. Gone ones are left out.
struct NamedTable {
  uint32_t oid = 0;
  pg::QualifiedName name;
};

absl::StatusOr<std::vector<Dependent>> ReadTrackedDependents(pg::Connection& connection,
                                                             const std::vector<NamedTable>& tables);

// What it could not read it says in `unseen`.
absl::StatusOr<std::vector<Dependent>> ReadTextualDependents(pg::Connection& connection,
                                                             const std::vector<NamedTable>& tables,
                                                             std::vector<std::string>* unseen);

}  // namespace regraft::catalog
