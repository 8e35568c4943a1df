// A column that does not exist yet, as it would look in the catalog.
#pragma once

#include "engine/catalog/column.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::catalog {

// `type` as in ADD COLUMN, such as "varchar(50)". Errors: BadPlan with what the server says of it.
// REQUIRES: a transaction.
absl::StatusOr<Column> PlanColumn(pg::Connection& connection, const std::string& name,
                                  const std::string& type);

}  // namespace regraft::catalog
