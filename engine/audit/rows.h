// Rows of a query, as the server writes them.
#pragma once

#include "engine/audit/audit.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <functional>
#include <string>
#include <string_view>

namespace regraft::audit {

// All of them as CSV with a header, piece by piece.
absl::Status CopyCsv(pg::Connection& connection, const std::string& query,
                     const std::function<absl::Status(std::string_view)>& take);
// The first `rows` of them.
absl::StatusOr<Samples> ReadSamples(pg::Connection& connection, const std::string& query, int rows);

}  // namespace regraft::audit
