// The first filter of a lane: streams chunks over COPY OUT and cuts the stream into slabs. One
// thread at a time; the threads of the pipeline take turns.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/execution/slab.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace regraft::execution {

// The work list, shared by all lanes: whoever is free takes the next chunk.
class ChunkQueue {
 public:
  explicit ChunkQueue(const std::vector<ledger::Chunk>& chunks) : chunks_(chunks) {}
  // Null when none is left.
  const ledger::Chunk* Take() {
    const size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    return index < chunks_.size() ? &chunks_[index] : nullptr;
  }
  // From now on none is left. Any thread.
  void Close() { next_.store(chunks_.size(), std::memory_order_relaxed); }

 private:
  const std::vector<ledger::Chunk>& chunks_;
  std::atomic<size_t> next_ = 0;
};

struct SlabLimits {
  size_t slab_bytes = kSlabBytesDefault;
  size_t row_bytes_max = size_t{1} << 30;  // a larger row ends the copy with a clear error
};

class Reader {
 public:
  // `connection` is in a transaction that sees the copy's snapshot.
  Reader(pg::Connection connection, const analysis::CopyPlan& plan, ChunkQueue* queue,
         SlabLimits limits)
      : connection_(std::move(connection)), plan_(plan), queue_(queue), limits_(limits) {}

  // The next slab; null when no chunk is left. Errors name the chunk.
  absl::StatusOr<SlabPtr> Next();
  // Takes back a slab that nobody needs any longer (or null), for its memory. Any thread.
  void Recycle(SlabPtr slab) { pool_.Give(std::move(slab)); }
  // True while the last slab was far larger than asked for: a giant row. Fewer slabs should be
  // alive then.
  [[nodiscard]] bool saw_giant() const { return saw_giant_; }

 private:
  absl::Status Start(const ledger::Chunk* chunk);
  absl::Status Fill(Slab* slab);
  absl::Status Append(std::string_view message, Slab* slab);

  pg::Connection connection_;
  const analysis::CopyPlan& plan_;
  ChunkQueue* queue_;
  SlabLimits limits_;
  SlabPool pool_;
  const ledger::Chunk* chunk_ = nullptr;  // the one that is streaming
  std::optional<pg::CopyOut> stream_;
  bool first_ = false;
  bool saw_header_ = false;
  bool saw_giant_ = false;
};

// The COPY OUT of one chunk.
std::string ChunkCopySql(const analysis::CopyPlan& plan, const ledger::Chunk& chunk);
// "app.orders chunk 17 (blocks 4096 to 8192)", for messages.
std::string DescribeChunk(const ledger::Chunk& chunk);

}  // namespace regraft::execution
