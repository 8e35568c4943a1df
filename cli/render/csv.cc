#include "cli/render/csv.h"

#include "absl/strings/numbers.h"

namespace regraft::cli {
namespace {

void AppendField(const std::string& field, std::string* line) {
  // A lone \. in a line of its own would end COPY's input.
  const bool plain =
      !field.empty() && field != "\\." && field.find_first_of(",\"\r\n") == std::string::npos;
  if (plain) {
    *line += field;
    return;
  }
  line->push_back('"');
  for (const char c : field) {
    if (c == '"') line->push_back('"');
    line->push_back(c);
  }
  line->push_back('"');
}

bool BeginsFormula(char c) {
  return std::string_view("=+-@\t\r").find(c) != std::string_view::npos;
}

bool IsNumber(const std::string& text) {
  double number = 0;
  return text.find_first_not_of("0123456789.eE+-") == std::string::npos &&
         absl::SimpleAtod(text, &number);
}

}  // namespace

std::string CsvLine(const std::vector<std::optional<std::string>>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (fields[i].has_value()) AppendField(*fields[i], &line);
  }
  return line + "\r\n";
}

void FormulaGuard::Release(std::string* out) {
  if (!holds_) return;
  // The server puts no number into quotes.
  if (in_quotes_ || !IsNumber(held_)) *out += '\'';
  *out += held_;
  held_.clear();
  holds_ = false;
}

std::string FormulaGuard::Pass(std::string_view piece) {
  std::string out;
  for (const char c : piece) {
    const bool ends = c == '"' || (!in_quotes_ && (c == ',' || c == '\n'));
    if (ends) {
      Release(&out);
      out += c;
      // Within quotes a quote is followed by another one or by the end: neither begins a field.
      at_start_ = c != '"' || (at_start_ && !in_quotes_);
      if (c == '"') in_quotes_ = !in_quotes_;
      continue;
    }
    if (at_start_ && BeginsFormula(c)) holds_ = true;
    at_start_ = false;
    (holds_ ? held_ : out) += c;
  }
  return out;
}

std::string FormulaGuard::Finish() {
  std::string out;
  Release(&out);
  return out;
}

}  // namespace regraft::cli
