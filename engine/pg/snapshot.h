// Snapshots that several sessions share.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::pg {

// Begins a REPEATABLE READ READ ONLY transaction on `connection` and exports its snapshot. Others
// may import it as long as that transaction is open. The caller takes the locks that must come
// before.
absl::StatusOr<std::string> BeginAndExport(Connection* connection);

// Opens a session whose transaction sees the exported snapshot.
absl::StatusOr<Connection> OpenInSnapshot(const ConnectOptions& options,
                                          const std::string& snapshot);

}  // namespace regraft::pg
