#include "engine/document/parseable_text.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace regraft::document {
namespace {

// Nobody writes more, and everything below may then copy freely.
constexpr size_t kDocumentBytesMax = size_t{16} << 20;

// The length of the UTF-8 character at `at`, 0 if there is none.
size_t CharacterLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first < 0xE0U) return follows(1) ? 2 : 0;
  if (first >= 0xE0U && first < 0xF0U) {
    const bool overlong = first == 0xE0U && byte(1) < 0xA0U;
    const bool surrogate = first == 0xEDU && byte(1) >= 0xA0U;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0U && first < 0xF5U) {
    const bool outside =
        (first == 0xF0U && byte(1) < 0x90U) || (first == 0xF4U && byte(1) >= 0x90U);
    return follows(1) && follows(2) && follows(3) && !outside ? 4 : 0;
  }
  return 0;
}

absl::Status CheckText(std::string_view text) {
  if (text.size() > kDocumentBytesMax)
    return BadPlan(absl::StrCat(text.size(), " bytes are too many for a document"));
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = text[at] == '\0' ? 0 : CharacterLength(text, at);
    if (length == 0)
      return BadPlan(absl::StrCat("not text: byte ", at + 1, " belongs to no character of UTF-8"));
    at += length;
  }
  return absl::OkStatus();
}

// The line between a table's head and its rows.
bool IsDelimiter(std::string_view line) {
  return absl::StrContains(AsAbsl(line), '|') && absl::StrContains(AsAbsl(line), '-') &&
         line.find_first_not_of("|:- \t\n") == std::string_view::npos;
}

// md4c fills every row up to the head's width, and does not stop when it is told to: the width is
// bounded before it begins.
bool HasTooWideTable(std::string_view text) {
  constexpr std::ptrdiff_t kColumnsMax = 100;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (std::count(line.begin(), line.end(), '|') > kColumnsMax && IsDelimiter(line)) return true;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return false;
}

// md4c wants three dashes under each head of a table; people, and others' readers, are content with
// one. Within its line the text may move: only lines are told to people.
std::string WithLongDashes(const std::string& text) {
  const std::string_view whole = text;
  std::string padded;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size() - 1) + 1;
    const std::string_view line = whole.substr(from, end - from);
    from = end;
    const bool delimits = IsDelimiter(line);
    for (size_t i = 0; i < line.size(); ++i) {
      const bool ends_run = line[i] == '-' && (i + 1 == line.size() || line[i + 1] != '-');
      padded.push_back(line[i]);
      if (delimits && ends_run) padded += "--";
    }
  }
  return padded;
}

// Line ends of any system become '\n', and a byte order mark goes.
std::string Normalize(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  std::string normal = absl::StrReplaceAll(AsAbsl(text), {{"\r\n", "\n"}});
  std::replace(normal.begin(), normal.end(), '\r', '\n');
  return WithLongDashes(normal);
}

}  // namespace

absl::StatusOr<std::string> ParseableText(const std::string& text) {
  RETURN_IF_ERROR(CheckText(text));
  std::string normal = Normalize(text);
  if (HasTooWideTable(normal)) return BadPlan("a table in it has more than 100 columns");
  return normal;
}

}  // namespace regraft::document
