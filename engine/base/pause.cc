#include "engine/base/pause.h"

#include <chrono>
#include <random>
#include <thread>

namespace regraft {

// Jitter, so that two programs that met once do not meet at every attempt.
void PauseBetweenAttempts() {
  static thread_local std::minstd_rand random{std::random_device{}()};
  std::this_thread::sleep_for(
      std::chrono::milliseconds(300 + std::uniform_int_distribution<int>(0, 400)(random)));
}

}  // namespace regraft
