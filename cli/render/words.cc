#include "cli/render/words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <array>
#include <utility>

namespace regraft::cli {
namespace {

// Characters, where each begins with a byte that is not a UTF-8 continuation.
size_t Columns(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// C0 controls, DEL, and the C1 controls in UTF-8: all of them a terminal may obey.
size_t ControlSize(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x20 || byte == 0x7F) return 1;
  const bool c1 = byte == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
  return c1 ? 2 : 0;
}

}  // namespace

std::string Grouped(int64_t number) {
  std::string digits = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string Counted(int64_t number, std::string_view singular, std::string_view plural) {
  return absl::StrCat(Grouped(number), " ",
                      number == 1 ? std::string(singular) : std::string(plural));
}

std::string Size(int64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"bytes", "kB", "MB", "GB", "TB"};
  auto amount = static_cast<double>(bytes);
  size_t unit = 0;
  // As pg_size_pretty: a unit is left when the number would need five digits.
  while (amount >= 10240 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.0f %s", amount, kUnits.at(unit));
}

std::string Duration(int64_t seconds) {
  static constexpr std::array<std::pair<int64_t, const char*>, 3> kUnits = {
      {{86400, "day"}, {3600, "hour"}, {60, "minute"}}};
  for (const auto& [length, unit] : kUnits)
    if (seconds >= length && seconds % length == 0)
      return Counted(seconds / length, unit, absl::StrCat(unit, "s"));
  return Counted(seconds, "second", "seconds");
}

std::string OneLine(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const size_t control = ControlSize(text);
    if (control == 0) {
      line += text[0];
    } else if (text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
      if (line.empty() || line.back() != ' ') line += ' ';
    } else {
      line += absl::StrFormat("\\x%02x", static_cast<unsigned char>(text[control - 1]));
    }
    text.remove_prefix(control == 0 ? 1 : control);
  }
  return line;
}

std::string Shortened(std::string_view text, size_t bytes_max) {
  std::string line = OneLine(text);
  if (line.size() <= bytes_max) return line;
  size_t end = bytes_max - std::string_view("…").size();
  while (end > 0 && (line[end] & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "…";
}

std::string Titled(std::string_view id, std::string_view kind, std::string_view table) {
  const std::string what = OneLine(std::string(kind).append(" ").append(table));
  const std::string name = OneLine(id);
  return name == what ? what : absl::StrCat(name, ": ", what);
}

std::string ShellWord(std::string_view text) {
  const auto plain = [](char byte) {
    return absl::ascii_isalnum(static_cast<unsigned char>(byte)) ||
           std::string_view("_./:@%+,=-").find(byte) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  return absl::StrCat("'", absl::StrReplaceAll({text.data(), text.size()}, {{"'", "'\\''"}}), "'");
}

std::string Wrapped(const Margin& margin, std::string_view label, std::string_view text) {
  const size_t hang = margin.indent + margin.label_width;
  std::string wrapped(margin.indent, ' ');
  wrapped += label;
  size_t column = margin.indent + Columns(label);
  if (column < hang || !label.empty()) wrapped.append(column < hang ? hang - column : 1, ' ');
  column = Columns(wrapped);
  bool first = true;
  const std::string line = OneLine(text);
  for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    const size_t width = Columns({word.data(), word.size()});
    if (!first && column + 1 + width > kLineWidth) {
      absl::StrAppend(&wrapped, "\n", std::string(hang, ' '));
      column = hang;
      first = true;
    }
    absl::StrAppend(&wrapped, first ? "" : " ", word);
    column += width + (first ? 0 : 1);
    first = false;
  }
  return wrapped + "\n";
}

}  // namespace regraft::cli
