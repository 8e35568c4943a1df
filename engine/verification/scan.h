// Reads whole relations in parallel, in one snapshot, row by row: the one reader of everything that
// proves. It shares no code with execution/.
#pragma once

#include "engine/analysis/chunking.h"
#include "engine/catalog/table.h"
#include "engine/copy_format/tuple.h"
#include "engine/pg/connection.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::verification {

struct ScanRequest {
  pg::ConnectOptions connect;  // role: a word; the lanes append "/1", "/2" …
  std::vector<catalog::Leaf> leaves;
  std::vector<std::string> select;  // SQL expressions over s, in field order; at most 1,664
  std::string where;
  std::string snapshot;  // exported by a transaction that stays open; empty: the scan exports one
  int jobs = 2;
  int64_t chunk_bytes = analysis::kChunkBytesDefault;
  // Read in place of the leaves, by one lane: a SELECT whose columns are those of s.
  std::string from = {};
  // Read here, in the transaction that is open, in place of sessions of the scan's own: temporary
  // tables are visible nowhere else.
  pg::Connection* session = nullptr;
};

// Called with one row, concurrently from lanes 0 … jobs-1, one call at a time per lane. `chunk`
// indexes CutIntoChunks(leaves, chunk_bytes). An error ends the scan.
using RowVisitor =
    std::function<absl::Status(int lane, size_t chunk, const copy_format::Tuple& row)>;

// The first failure stops all lanes within seconds and is returned, cancellations never in its
// place.
absl::Status Scan(const ScanRequest& request, const RowVisitor& visitor);

}  // namespace regraft::verification
