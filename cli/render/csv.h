// CSV as RFC 4180 has it, and as COPY … FROM (FORMAT csv) reads it back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli {

// One line with its CRLF. NULL is an empty field without quotes, the empty string one with quotes.
std::string CsvLine(const std::vector<std::optional<std::string>>& fields);

// Makes CSV safe to open in a spreadsheet: a field that one would take for a formula (it begins
// with = + - @, a tab or a carriage return, and is no number) gets a ' in front. Takes the CSV in
// pieces of any length, such as COPY sends, and passes them on.
class FormulaGuard {
 public:
  std::string Pass(std::string_view piece);
  // What is still held back; the end of the CSV.
  std::string Finish();

 private:
  void Release(std::string* out);

  std::string held_;  // a field that begins like a formula, as far as it may still be a number
  bool in_quotes_ = false, at_start_ = true, holds_ = false;
};

}  // namespace regraft::cli
