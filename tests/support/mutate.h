// Random damage to a text: what a fuzzer does, in little, with a seed that is printed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace regraft::support {

inline std::string Mutate(const std::string& text, std::mt19937* random) {
  std::string damaged = text;
  const auto at = [&] { return damaged.empty() ? 0 : (*random)() % damaged.size(); };
  for (uint32_t hits = 1 + (*random)() % 4; hits > 0; --hits) {
    static constexpr const char* kPieces[] = {"|",    "`", "\n", ":",  "- ", "#",  "[",  "]",
                                              "{",    "}", "\"", "'",  ",",  "&a", "*a", "?",
                                              "<<: ", "!", "~",  "\t", "\r", " ",  "%",  "---\n"};
    switch ((*random)() % 5) {
      case 0:
        if (!damaged.empty()) damaged[at()] = static_cast<char>((*random)() % 256);
        break;
      case 1:
        damaged.insert(at(), kPieces[(*random)() % std::size(kPieces)]);
        break;
      case 2:
        damaged.erase(at(), 1 + (*random)() % 20);
        break;
      case 3: {  // a piece once more, elsewhere
        const std::string piece = damaged.substr(at(), (*random)() % 60);
        damaged.insert(at(), piece);
        break;
      }
      default:
        damaged.resize(at());
        break;
    }
    if (damaged.empty()) return damaged;
  }
  return damaged;
}

}  // namespace regraft::support
