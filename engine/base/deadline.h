// A point in time by which a wait must end. A value; copy freely.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace regraft {

class Deadline {
 public:
  static Deadline After(std::chrono::milliseconds wait) {
    return Deadline(std::chrono::steady_clock::now() + wait);
  }

  [[nodiscard]] bool passed() const { return remaining_ms() == 0; }

  // Milliseconds left, never negative.
  [[nodiscard]] int64_t remaining_ms() const {
    const auto left = at_ - std::chrono::steady_clock::now();
    return std::max<int64_t>(0,
                             std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
  }

 private:
  explicit Deadline(std::chrono::steady_clock::time_point at) : at_(at) {}
  std::chrono::steady_clock::time_point at_;
};

// Seconds since construction.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace regraft
