// Numbers and text for people, on a terminal of any kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace regraft::cli {

// 1,400,123.
std::string Grouped(int64_t number);
// "1 row", "2,310 rows": the noun in its plural but for 1.
std::string Counted(int64_t number, std::string_view singular, std::string_view plural);
// 412 kB, as pg_size_pretty counts: by 1024.
std::string Size(int64_t bytes);
// "7 days", "36 hours", "90 minutes": the largest unit that divides it.
std::string Duration(int64_t seconds);

// On one line, without control characters: names may hold any.
std::string OneLine(std::string_view text);
// The same, cut to so many bytes at most, "…" included; never within a character.
std::string Shortened(std::string_view text, size_t bytes_max);

// "ID: KIND TABLE", or "KIND TABLE" where that is the id, as of all that people gave none. One
// line.
std::string Titled(std::string_view id, std::string_view kind, std::string_view table);

// As a shell takes it for one word: in single quotes where it needs them.
std::string ShellWord(std::string_view text);

inline constexpr size_t kLineWidth = 100;
// "label      text", wrapped at blanks to kLineWidth, further lines under the text; ends with a
// newline. `indent` blanks in front of the label, the text `label_width` characters behind it.
struct Margin {
  size_t indent = 0;
  size_t label_width = 0;
};
std::string Wrapped(const Margin& margin, std::string_view label, std::string_view text);

}  // namespace regraft::cli
