// The readers of a Table's parts, one query each: what ReadTable() is made of. Every one takes the
// OID of the relation and reads what its members of Table say.
#pragma once

#include "engine/catalog/table.h"

#include "absl/status/statusor.h"

#include <vector>

namespace regraft::catalog {

absl::StatusOr<std::vector<Column>> ReadColumns(pg::Connection& connection, uint32_t oid);
// Fills `leaves` and `inheritance_children`.
absl::Status ReadLeaves(pg::Connection& connection, Table* table);
absl::StatusOr<std::vector<Index>> ReadIndexes(pg::Connection& connection, uint32_t oid);
absl::StatusOr<std::vector<Check>> ReadChecks(pg::Connection& connection, uint32_t oid);
absl::StatusOr<std::vector<ForeignKey>> ReadForeignKeys(pg::Connection& connection, uint32_t oid);
absl::StatusOr<std::vector<Trigger>> ReadTriggers(pg::Connection& connection, uint32_t oid);
absl::StatusOr<std::vector<Rule>> ReadRules(pg::Connection& connection, uint32_t oid);

}  // namespace regraft::catalog
