#include "engine/audit/csv_reader.h"

namespace regraft::audit {
namespace {

// Takes one field off the front of `csv`, without what ends it.
std::optional<std::string> TakeField(std::string_view* csv) {
  if (csv->empty() || csv->front() != '"') {
    const size_t end = csv->find_first_of(",\n");
    const std::string field(csv->substr(0, end));
    csv->remove_prefix(end == std::string_view::npos ? csv->size() : end);
    return field.empty() ? std::nullopt : std::optional(field);
  }
  std::string field;
  csv->remove_prefix(1);
  while (!csv->empty()) {
    const char c = csv->front();
    csv->remove_prefix(1);
    if (c == '"') {
      if (csv->empty() || csv->front() != '"') break;
      csv->remove_prefix(1);
    }
    field += c;
  }
  return field;
}

}  // namespace

std::vector<std::vector<std::optional<std::string>>> ReadCsv(std::string_view csv) {
  std::vector<std::vector<std::optional<std::string>>> lines;
  while (!csv.empty()) {
    auto& line = lines.emplace_back();
    line.push_back(TakeField(&csv));
    while (!csv.empty() && csv.front() == ',') {
      csv.remove_prefix(1);
      line.push_back(TakeField(&csv));
    }
    if (!csv.empty()) csv.remove_prefix(1);
  }
  return lines;
}

}  // namespace regraft::audit
