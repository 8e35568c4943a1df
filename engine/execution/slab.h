// The token of the pipeline: some hundred kilobytes of whole rows of one chunk, never one row.
// Owned by one filter at a time.
#pragma once

#include "engine/digest/digest.h"
#include "engine/ledger/records.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace regraft::execution {

// Trade-off: larger slabs cost fewer hand-overs, smaller ones stay in the second-level cache
// between reading, hashing and writing. Measured in docs/adr/0002-blocking-io-and-tbb.md.
inline constexpr size_t kSlabBytesDefault = size_t{256} << 10;

struct Slab {
  const ledger::Chunk* chunk = nullptr;
  bool first = false;         // of its chunk
  bool last = false;          // of its chunk; may hold no rows
  std::string rows;           // as read: binary tuples, header cut off
  std::string out;            // as sent: binary tuples or text lines
  digest::SetDigest source;   // of the source's columns
  digest::SetDigest written;  // of the rows as sent
};

using SlabPtr = std::unique_ptr<Slab>;

// Empty slabs whose buffers wait for their next use: fresh memory costs a page fault every 4 KiB.
class SlabPool {
 public:
  SlabPtr Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Slab>();
    SlabPtr slab = std::move(free_.back());
    free_.pop_back();
    return slab;
  }

  // Null is ignored, and the buffers of a giant row are not kept.
  void Give(SlabPtr slab) {
    if (slab == nullptr || slab->rows.capacity() + slab->out.capacity() > 8 * kSlabBytesDefault)
      return;
    slab->rows.clear();
    slab->out.clear();
    *slab = {.rows = std::move(slab->rows), .out = std::move(slab->out)};
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(slab));
  }

 private:
  std::mutex mutex_;
  std::vector<SlabPtr> free_;
};

}  // namespace regraft::execution
