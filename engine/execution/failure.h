// The failures of workers that run side by side. Thread-safe.
#pragma once

#include "absl/status/status.h"

#include <atomic>
#include <mutex>

namespace regraft::execution {

class Failure {
 public:
  // Keeps the most telling failure: the first that is not a cancellation, which only follows from
  // another.
  void Report(const absl::Status& status);

  [[nodiscard]] bool any() const { return any_.load(std::memory_order_acquire); }
  [[nodiscard]] absl::Status root() const;

 private:
  std::atomic<bool> any_ = false;
  mutable std::mutex mutex_;
  absl::Status root_;
};

}  // namespace regraft::execution
