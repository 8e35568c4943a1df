// A snapshot that other transactions of the same database can take part in for as long as this
// object lives: it owns the connection whose open transaction holds it. Works on a standby too.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <string>
#include <utility>

namespace regraft::verification {

class ExportedSnapshot {
 public:
  // The connection's role is `options.role` with "/snapshot" appended.
  static absl::StatusOr<ExportedSnapshot> Export(pg::ConnectOptions options);

  [[nodiscard]] const std::string& id() const { return id_; }
  // The session inside the snapshot, for look-ups that must agree with the rows read.
  pg::Connection& connection() { return connection_; }

 private:
  ExportedSnapshot(pg::Connection connection, std::string id)
      : connection_(std::move(connection)), id_(std::move(id)) {}

  pg::Connection connection_;
  std::string id_;
};

}  // namespace regraft::verification
