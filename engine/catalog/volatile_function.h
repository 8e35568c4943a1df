// Whether SQL that people wrote gives the same value at every reading.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::catalog {

// The first of these functions that may be volatile; empty if there is none. Without a schema it is
// pg_catalog's. Of overloaded functions any may be meant: one volatile is enough.
absl::StatusOr<std::string> FindVolatileFunction(pg::Connection& connection,
                                                 const std::vector<pg::QualifiedName>& functions);

}  // namespace regraft::catalog
