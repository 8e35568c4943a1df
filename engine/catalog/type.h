// Types of a relation's columns, resolved through everything they are made of.
#pragma once

#include "engine/catalog/column.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <map>

namespace regraft::catalog {

// The types of the relation's live columns (0: none), `type` (0: none), and all types inside them,
// by OID, in one round trip.
absl::StatusOr<std::map<uint32_t, Type>> ReadTypes(pg::Connection& connection, uint32_t relation,
                                                   uint32_t type = 0);

}  // namespace regraft::catalog
