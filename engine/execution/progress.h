// What has moved so far. Written by the lanes, read by whoever shows it.
#pragma once

#include <atomic>
#include <cstdint>

namespace regraft::execution {

struct Progress {
  std::atomic<int64_t> rows = 0;    // committed
  std::atomic<int64_t> bytes = 0;   // framed, as sent, committed
  std::atomic<int64_t> chunks = 0;  // committed
};

}  // namespace regraft::execution
