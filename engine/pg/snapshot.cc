#include "engine/pg/snapshot.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::pg {

absl::StatusOr<std::string> BeginAndExport(Connection* connection) {
  RETURN_IF_ERROR(connection->Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  ASSIGN_OR_RETURN(const Result snapshot, connection->Execute("SELECT pg_export_snapshot()"));
  return snapshot.Text(0, 0);
}

absl::StatusOr<Connection> OpenInSnapshot(const ConnectOptions& options,
                                          const std::string& snapshot) {
  ASSIGN_OR_RETURN(Connection connection, Connection::Open(options));
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  RETURN_IF_ERROR(
      connection.Run(absl::StrCat("SET TRANSACTION SNAPSHOT ", connection.QuoteLiteral(snapshot))));
  return connection;
}

}  // namespace regraft::pg
