#include "engine/verification/show_value.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::verification {
namespace {

constexpr size_t kShownBytesMax = 120;

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

std::string ShowValue(const std::optional<std::string>& value) {
  if (!value.has_value()) return "NULL";
  size_t bytes = std::min(value->size(), kShownBytesMax);
  while (bytes > 0 && bytes < value->size() && ContinuesCharacter((*value)[bytes])) --bytes;
  std::string shown = "'";
  for (const char c : value->substr(0, bytes)) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      absl::StrAppend(&shown, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    else
      shown.push_back(c);
  }
  return absl::StrCat(shown, bytes < value->size() ? "…'" : "'");
}

}  // namespace regraft::verification
