// Cuts relations into ctid ranges of about equal bytes. A chunk is (leaf, block range); the union
// of a leaf's chunks is the leaf, pairwise disjoint, the last range open-ended: blocks that are
// added between the size query and the read are not missed.
#pragma once

#include "engine/catalog/table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::analysis {

// Trade-off: larger chunks cost fewer transactions, smaller ones balance the lanes better and are
// redone sooner after a crash. Heap plus TOAST bytes; measured in
// docs/adr/0005-chunking-and-snapshot.md.
inline constexpr int64_t kChunkBytesDefault = int64_t{8} << 20;

struct ChunkRange {
  size_t leaf = 0;  // index into the leaves
  int64_t first_block = 0;
  int64_t end_block = -1;  // exclusive; -1: open
};

// At least one range per leaf, an empty leaf included; a leaf without ctid is one range.
std::vector<ChunkRange> CutIntoChunks(const std::vector<catalog::Leaf>& leaves,
                                      int64_t chunk_bytes);

// "FROM ONLY "schema"."leaf" AS s WHERE s.ctid >= '(0,0)' AND …", with `where` added if not empty.
// Column references in `where` are the user's and are resolved against s.
std::string FromRange(const catalog::Leaf& leaf, const ChunkRange& range, const std::string& where);

}  // namespace regraft::analysis
