#include "engine/analysis/chunking.h"

#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::analysis {
namespace {

int64_t BlocksPerChunk(const catalog::Leaf& leaf, int64_t chunk_bytes) {
  const int64_t bytes = std::max<int64_t>(1, leaf.heap_bytes + leaf.toast_bytes);
  // TOAST counts: a small heap may own a huge TOAST table.
  const double share = static_cast<double>(chunk_bytes) / static_cast<double>(bytes);
  return std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(leaf.blocks) * share));
}

void CutLeaf(const catalog::Leaf& leaf, size_t index, int64_t chunk_bytes,
             std::vector<ChunkRange>* chunks) {
  int64_t first = 0;
  if (leaf.has_ctid) {
    const int64_t step = BlocksPerChunk(leaf, chunk_bytes);
    for (; first + step < leaf.blocks; first += step)
      chunks->push_back({.leaf = index, .first_block = first, .end_block = first + step});
  }
  chunks->push_back({.leaf = index, .first_block = first, .end_block = -1});
}

// ONLY belongs to tables: a view or foreign table has nothing below it to leave out.
std::string FromLeaf(const catalog::Leaf& leaf) {
  const bool table = leaf.relkind == 'r' || leaf.relkind == 'm';
  return absl::StrCat("FROM ", table ? "ONLY " : "", pg::QuoteQualified(leaf.name), " AS s");
}

}  // namespace

std::vector<ChunkRange> CutIntoChunks(const std::vector<catalog::Leaf>& leaves,
                                      int64_t chunk_bytes) {
  std::vector<ChunkRange> chunks;
  for (size_t i = 0; i < leaves.size(); ++i) CutLeaf(leaves[i], i, chunk_bytes, &chunks);
  return chunks;
}

std::string FromRange(const catalog::Leaf& leaf, const ChunkRange& range,
                      const std::string& where) {
  std::string sql = FromLeaf(leaf);
  std::string separator = " WHERE ";
  const auto add = [&](const std::string& condition) {
    absl::StrAppend(&sql, separator, condition);
    separator = " AND ";
  };
  if (leaf.has_ctid) {
    if (range.first_block > 0) add(absl::StrCat("s.ctid >= '(", range.first_block, ",0)'::tid"));
    if (range.end_block >= 0) add(absl::StrCat("s.ctid < '(", range.end_block, ",0)'::tid"));
  }
  if (!where.empty()) add(absl::StrCat("(", where, ")"));
  return sql;
}

}  // namespace regraft::analysis
