// One lane of a scan: a connection in the scan's snapshot that reads one chunk after the other.
// Used by one thread.
#pragma once

#include "engine/analysis/chunking.h"
#include "engine/pg/connection.h"
#include "engine/verification/scan.h"

#include "absl/status/statusor.h"

#include <string>
#include <string_view>
#include <utility>

namespace regraft::verification {

// What a session sets before it reads.
std::string ScanSettings(const ScanRequest& request);

// Hands each row of the range to `visit`, on a session that is in the scan's snapshot. Errors name
// the leaf and the range.
absl::Status ReadRange(pg::Connection& connection, const ScanRequest& request,
                       const analysis::ChunkRange& range,
                       const std::function<absl::Status(const copy_format::Tuple& row)>& visit);

class ScanLane {
 public:
  // `snapshot` must stay exported until Open has returned.
  static absl::StatusOr<ScanLane> Open(const ScanRequest& request,
                                       const pg::ConnectOptions& options,
                                       const std::string& snapshot);

  absl::Status Read(const analysis::ChunkRange& range,
                    const std::function<absl::Status(const copy_format::Tuple& row)>& visit) {
    return ReadRange(connection_, request_, range, visit);
  }

  // Ends the transaction.
  absl::Status Close() { return connection_.Commit(); }

 private:
  ScanLane(const ScanRequest& request, pg::Connection connection)
      : request_(request), connection_(std::move(connection)) {}

  const ScanRequest& request_;
  pg::Connection connection_;
};

}  // namespace regraft::verification
