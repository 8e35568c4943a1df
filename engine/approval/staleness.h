// Whether a saved plan still fits its database.
#pragma once

#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::approval {

// What the catalog says of these relations now; by OID, each once. Errors: NotFound for one that is
// gone.
absl::StatusOr<std::vector<saved_plan::RelationFingerprint>> ReadFingerprint(
    pg::Connection& connection, const std::vector<uint32_t>& oids);

// Why the plan does not fit any more, one sentence per change; empty: it is fresh. An entry of the
// fingerprint without OID is a name that must be free.
absl::StatusOr<std::vector<std::string>> StaleReasons(pg::Connection& connection,
                                                      const saved_plan::SavedPlan& plan);

}  // namespace regraft::approval
