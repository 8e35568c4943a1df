#include "engine/verification/scan_snapshot.h"

#include "engine/base/status_macros.h"
#include "engine/pg/snapshot.h"

namespace regraft::verification {

absl::StatusOr<ExportedSnapshot> ExportedSnapshot::Export(pg::ConnectOptions options) {
  options.role += "/snapshot";
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  ASSIGN_OR_RETURN(std::string id, pg::BeginAndExport(&connection));
  return ExportedSnapshot(std::move(connection), std::move(id));
}

}  // namespace regraft::verification
