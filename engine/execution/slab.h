// The token of the pipeline: some hundred kilobytes of whole rows of one chunk, never one row. Owned by one
// filter at a time.
#pragma once

#include <memory>
#include <string>

#include "engine/digest/digest.h"
#include "engine/ledger/records.h"

namespace regraft::execution {

// Trade-off: larger slabs cost fewer hand-overs, smaller ones stay in the second-level cache between
// reading, hashing and writing. Measured in docs/adr/0002-blocking-io-and-tbb.md.
inline constexpr size_t kSlabBytesDefault = size_t{256} << 10;

struct Slab {
  const ledger::Chunk* chunk = nullptr;
  bool first = false;          // of its chunk
  bool last = false;           // of its chunk; may hold no rows
  std::string rows;            // as read: binary tuples, header cut off
  std::string out;             // as sent: binary tuples or text lines
  digest::SetDigest source;    // of the source's columns
  digest::SetDigest written;   // of the rows as sent
};

using SlabPtr = std::unique_ptr<Slab>;

}  // namespace regraft::execution
