#include "cli/render/csv.h"

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

}  // namespace

std::string CsvLine(const std::vector<std::optional<std::string>>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (fields[i].has_value()) AppendField(*fields[i], &line);
  }
  return line + "\r\n";
}

}  // namespace regraft::cli
