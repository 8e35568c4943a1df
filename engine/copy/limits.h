// The memory formula of docs/operations.md, and nothing else.
//
//   max_memory >= base + jobs * (2 * live_slabs * slab_bytes + 5 * largest_row)
//
// 2: a slab holds rows as read and as sent. 5: a row passes libpq's two buffers (the input buffer
// grows by doubling), the message, and the slab. Ordinary rows are far smaller than a slab.
#pragma once

#include "engine/execution/pipeline.h"

#include <algorithm>
#include <cstdint>

namespace regraft::copy {

inline constexpr int64_t kMemoryBase = int64_t{16} << 20;  // program, libraries, connections
inline constexpr int64_t kMaxMemoryMinimum = int64_t{32} << 20;

inline execution::SlabLimits LimitsFor(int64_t max_memory_bytes, int jobs) {
  const int64_t lane = std::max<int64_t>(1, (max_memory_bytes - kMemoryBase) / jobs);
  const int64_t slab = lane / (4 * static_cast<int64_t>(execution::kLiveSlabsPerLane));
  constexpr auto kDefault = static_cast<int64_t>(execution::kSlabBytesDefault);
  return {.slab_bytes = static_cast<size_t>(std::clamp<int64_t>(slab, int64_t{32} << 10, kDefault)),
          .row_bytes_max = static_cast<size_t>(
              std::clamp<int64_t>(lane / 5, int64_t{64} << 10, int64_t{1} << 30))};
}

}  // namespace regraft::copy
