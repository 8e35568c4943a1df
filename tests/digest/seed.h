// Randomness of property tests: printed, so that a failure can be run again.
#pragma once

#include "gtest/gtest.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace regraft {

// The run's seed (REGRAFT_TEST_SEED, else a new one) xor the running test's name, so that tests of
// one run differ and each can be repeated alone.
inline std::mt19937_64 SeededRandom() {
  static const uint64_t kRunSeed = [] {
    const char* const given = std::getenv("REGRAFT_TEST_SEED");
    return given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  }();
  const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
  uint64_t name_hash = 0xcbf29ce484222325;  // FNV-1a: the same on every machine
  for (const char byte : std::string(info->test_suite_name()) + "." + info->name()) {
    name_hash = (name_hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  std::cout << "REGRAFT_TEST_SEED=" << kRunSeed << '\n';
  return std::mt19937_64(kRunSeed ^ name_hash);
}

}  // namespace regraft
