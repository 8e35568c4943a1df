// One snapshot of the database, in which everything that a proof compares is read: look-ups on its
// own session, rows by scans in others.
#pragma once

#include "engine/catalog/table.h"
#include "engine/pg/connection.h"
#include "engine/verification/row_diff.h"
#include "engine/verification/scan_snapshot.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regraft::proof {

class Reader {
 public:
  static absl::StatusOr<Reader> Open(const pg::ConnectOptions& connect, int jobs);

  [[nodiscard]] const pg::ConnectOptions& connect() const { return connect_; }
  [[nodiscard]] const std::string& snapshot() const { return snapshot_.id(); }
  // The session inside the snapshot.
  pg::Connection& connection() { return snapshot_.connection(); }

  // Runs `work` so that a statement that fails inside leaves the sessions usable.
  absl::Status Guard(const std::function<absl::Status()>& work);

  // Nullptr: there is no such relation. Lives as long as the reader.
  absl::StatusOr<const catalog::Table*> Find(uint32_t oid);
  absl::StatusOr<const catalog::Table*> Find(const std::string& name);
  absl::StatusOr<int64_t> CountRows(const catalog::Table& table);

  // A scan of these leaves, or of the SELECT `from`. One at a time: small ones share a session.
  [[nodiscard]] verification::ScanRequest Scan(const std::vector<catalog::Leaf>& leaves,
                                               const std::string& where) const;
  [[nodiscard]] verification::ScanRequest Scan(const std::string& from) const;

 private:
  Reader(pg::ConnectOptions connect, int jobs, verification::ExportedSnapshot snapshot,
         std::unique_ptr<pg::Connection> small)
      : connect_(std::move(connect)),
        jobs_(jobs),
        snapshot_(std::move(snapshot)),
        small_(std::move(small)) {}

  pg::ConnectOptions connect_;
  int jobs_;
  verification::ExportedSnapshot snapshot_;
  std::unique_ptr<pg::Connection> small_;  // in the snapshot, too
  std::map<uint32_t, std::optional<catalog::Table>> tables_;
};

// A side that reads `columns` by these expressions over s, one each.
absl::StatusOr<verification::DiffSide> MakeSide(verification::ScanRequest scan,
                                                const std::vector<catalog::Column>& columns,
                                                const std::vector<std::string>& expressions);
// The same, by the columns' own names.
absl::StatusOr<verification::DiffSide> MakeSide(verification::ScanRequest scan,
                                                const std::vector<catalog::Column>& columns);

}  // namespace regraft::proof
