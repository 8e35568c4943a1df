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
inline constexpr int64_t kSlabBytesMin = int64_t{32} << 10;
inline constexpr int64_t kRowBytesMin = int64_t{64} << 10;  // what every lane can carry
inline constexpr int64_t kRowBytesMax = int64_t{1} << 30;   // PostgreSQL's own limit

inline constexpr int64_t kBuffersPerLane = 2 * static_cast<int64_t>(execution::kLiveSlabsPerLane);
inline constexpr int64_t kRowCopies = 5;

// The least that `jobs` lanes can work with; no less than 32 MiB.
inline int64_t MaxMemoryMinimum(int jobs) {
  const int64_t lane = 2 * kRowCopies * kRowBytesMin;  // the slabs take half of a small lane
  return std::max(int64_t{32} << 20, kMemoryBase + jobs * lane);
}

// REQUIRES: max_memory_bytes >= MaxMemoryMinimum(jobs).
inline execution::SlabLimits LimitsFor(int64_t max_memory_bytes, int jobs) {
  const int64_t lane = (max_memory_bytes - kMemoryBase) / jobs;
  const int64_t slab = std::clamp(lane / (2 * kBuffersPerLane), kSlabBytesMin,
                                  static_cast<int64_t>(execution::kSlabBytesDefault));
  const int64_t row = (lane - kBuffersPerLane * slab) / kRowCopies;
  return {.slab_bytes = static_cast<size_t>(slab),
          .row_bytes_max = static_cast<size_t>(std::min(row, kRowBytesMax))};
}

}  // namespace regraft::copy
