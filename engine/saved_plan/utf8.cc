#include "engine/saved_plan/utf8.h"

#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_format.h"

#include <cstdint>

namespace regraft::saved_plan {
namespace {

// Bytes of the character that begins here; 0 where none does.
size_t CharacterSize(std::string_view text) {
  const auto byte = [&](size_t at) -> uint8_t {
    return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
  };
  const auto follows = [&](size_t at) { return (byte(at) & 0xC0U) == 0x80; };
  const uint8_t first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return !overlong && !surrogate && follows(2) ? 3 : 0;
  }
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return !overlong && !too_large && follows(2) && follows(3) ? 4 : 0;
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t size = CharacterSize(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string Utf8OrEscaped(std::string_view text) {
  std::string escaped;
  while (true) {
    const size_t valid = ValidUtf8Prefix(text);
    escaped += text.substr(0, valid);
    if (valid == text.size()) return escaped;
    escaped += absl::StrFormat("\\x%02x", static_cast<uint8_t>(text[valid]));
    text.remove_prefix(valid + 1);
  }
}

}  // namespace regraft::saved_plan
