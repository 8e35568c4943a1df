// Saved plans of random content, for property tests.
#pragma once

#include "engine/saved_plan/members.h"

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace regraft::saved_plan {

class RandomPlan {
 public:
  explicit RandomPlan(std::mt19937_64* random) : random_(random) {}

  SavedPlan Next() {
    SavedPlan plan;
    Fill(plan);
    plan.format = kFormat;
    plan.sha256.clear();
    return plan;
  }

 private:
  uint64_t Below(uint64_t end) { return (*random_)() % end; }

  // What breaks writers of JSON: quotes, backslashes, control characters, NUL, all lengths of
  // UTF-8.
  void Fill(std::string& text) {
    using namespace std::string_literals;
    static const std::array<std::string, 14> kPieces = {
        "a"s,       "\""s,     "\\"s, "\n"s,   "\r\n"s,         "\t"s,
        "\0"s,      "/"s,      "ü"s,  "\x7f"s, "\xe2\x80\xa8"s, "\xf0\x9f\x90\x98"s,
        "\x1b[0m"s, "\\u0000"s};
    text.clear();
    for (uint64_t pieces = Below(6); pieces > 0; --pieces) text += kPieces.at(Below(14));
  }
  void Fill(bool& value) { value = Below(2) == 0; }
  template <std::integral T>
  void Fill(T& value) {
    const std::array<T, 4> kEdges = {0, 1, std::numeric_limits<T>::max(),
                                     std::numeric_limits<T>::min()};
    const uint64_t pick = Below(5);
    value = pick < 4 ? kEdges.at(pick) : static_cast<T>((*random_)());
  }
  void Fill(std::optional<int64_t>& value) {
    value.reset();
    if (Below(2) == 0) Fill(value.emplace());
  }
  template <typename T>
  void Fill(std::vector<T>& values) {
    values.resize(Below(4));
    for (T& value : values) Fill(value);
  }
  void Fill(std::map<std::string, std::vector<std::string>>& values) {
    for (uint64_t left = Below(4); left > 0; --left) {
      std::string key;
      Fill(key);
      Fill(values[key]);
    }
  }
  template <typename T>
  void Fill(T& value) {
    Members(value, [&](const char*, auto& member) { Fill(member); });
  }

  std::mt19937_64* random_;
};

}  // namespace regraft::saved_plan
