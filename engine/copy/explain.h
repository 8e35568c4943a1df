// Where and how the rows of a copy differ from what was copied: chunk, key, columns, kind of
// damage.
#pragma once

#include "engine/catalog/table.h"
#include "engine/ledger/records.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::copy {

struct RowFinding {
  std::optional<int64_t> chunk;
  std::string key;   // "source_id=…", or the whole row
  std::string kind;  // "missing", "extra", "changed", "duplicated", "rewritten since"
  std::vector<std::string> columns;  // changed: their names
  std::string detail;                // changed: "source_url: 'a' is now 'b' (letter case)"

  [[nodiscard]] std::string Sentence() const;
};

struct ExplainRequest {
  pg::ConnectOptions target;
  std::optional<pg::ConnectOptions> source;  // absent: the source is gone or has itself changed
  std::vector<catalog::Leaf> source_leaves;
  catalog::Table target_table;
  const analysis::ReadBackPlan* plan = nullptr;
  std::string mine;                   // SQL over s (the target)
  std::string source_where;           // SQL over s (the source): the copied rows
  std::vector<ledger::Chunk> chunks;  // of all runs
  std::vector<ledger::DoneChunk> done;
  int jobs = 2;
  size_t findings_max = 20;
};

// At most findings_max findings; empty if the rows agree (the damage is then outside the source's
// columns and in rows that were not rewritten, which cannot be).
absl::StatusOr<std::vector<RowFinding>> ExplainDifferences(const ExplainRequest& request);

}  // namespace regraft::copy
