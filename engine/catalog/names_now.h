// What relations are called at this moment.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <map>
#include <vector>

namespace regraft::catalog {

// Those that are gone are missing. Needs no right on them.
absl::StatusOr<std::map<uint32_t, pg::QualifiedName>> NamesNow(pg::Connection& connection,
                                                               const std::vector<uint32_t>& oids);

}  // namespace regraft::catalog
