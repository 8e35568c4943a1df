#include "engine/verification/scan_snapshot.h"

#include "engine/base/status_macros.h"

namespace regraft::verification {

absl::StatusOr<ExportedSnapshot> ExportedSnapshot::Export(pg::ConnectOptions options) {
  options.role += "/snapshot";
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Execute("SELECT pg_catalog.pg_export_snapshot()"));
  return ExportedSnapshot(std::move(connection), result.Text(0, 0));
}

}  // namespace regraft::verification
