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

class ScanLane {
 public:
  // `snapshot` must stay exported until Open has returned.
  static absl::StatusOr<ScanLane> Open(const ScanRequest& request,
                                       const pg::ConnectOptions& options,
                                       const std::string& snapshot);

  // Hands each row of the range to `visit`. Errors name the leaf and the range.
  absl::Status Read(const analysis::ChunkRange& range,
                    const std::function<absl::Status(const copy_format::Tuple& row)>& visit);

  // Ends the transaction.
  absl::Status Close() { return connection_.Commit(); }

 private:
  ScanLane(const ScanRequest& request, pg::Connection connection);

  absl::Status ReadStream(const std::string& sql,
                          const std::function<absl::Status(const copy_format::Tuple& row)>& visit);

  const ScanRequest& request_;
  std::string select_;  // the whole list
  pg::Connection connection_;
};

}  // namespace regraft::verification
