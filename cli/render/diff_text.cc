#include "cli/render/diff_text.h"

#include "cli/render/csv.h"
#include "engine/verification/show_value.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <optional>
#include <vector>

namespace regraft::cli {
namespace {

using verification::RowDifference;
using verification::RowDifferenceKind;

std::string KindName(RowDifferenceKind kind) {
  switch (kind) {
    case RowDifferenceKind::kOnlyInA:
      return "only_in_a";
    case RowDifferenceKind::kOnlyInB:
      return "only_in_b";
    case RowDifferenceKind::kChanged:
      return "changed";
    case RowDifferenceKind::kCountDiffers:
      return "count_differs";
  }
  return "";
}

std::vector<std::string> KeyNames(const DiffPlan& plan) {
  return plan.key.empty() ? plan.columns : plan.key_names();
}

std::string ShownKey(const DiffPlan& plan, const RowDifference& difference) {
  const std::vector<std::string> names = KeyNames(plan);
  std::vector<std::string> parts;
  for (size_t i = 0; i < names.size(); ++i)
    parts.push_back(absl::StrCat(names[i], "=", verification::ShowValue(difference.key[i])));
  return absl::StrJoin(parts, ", ");
}

nlohmann::ordered_json ToJson(const std::optional<std::string>& value) {
  return value.has_value() ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string DifferenceText(const DiffPlan& plan, const RowDifference& difference) {
  std::string text = absl::StrCat(KindName(difference.kind), "  ", ShownKey(plan, difference));
  if (difference.kind == RowDifferenceKind::kCountDiffers)
    absl::StrAppend(&text, ": ", *difference.value_a[0], " times in a, ", *difference.value_b[0],
                    " in b");
  text += "\n";
  for (size_t i = 0; i < difference.columns.size(); ++i) {
    const std::string& cause = difference.cause[i];
    absl::StrAppend(&text, "    ", plan.columns[difference.columns[i]], ": ",
                    verification::ShowValue(difference.value_a[i]), " → ",
                    verification::ShowValue(difference.value_b[i]));
    absl::StrAppend(&text, cause.empty() ? "" : absl::StrCat("  (", cause, ")"), "\n");
  }
  return text;
}

nlohmann::ordered_json DifferenceJson(const DiffPlan& plan, const RowDifference& difference) {
  nlohmann::ordered_json entry = {{"kind", KindName(difference.kind)}};
  const std::vector<std::string> names = KeyNames(plan);
  for (size_t i = 0; i < names.size(); ++i) entry["key"][names[i]] = ToJson(difference.key[i]);
  entry["columns"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < difference.columns.size(); ++i)
    entry["columns"].push_back({{"column", plan.columns[difference.columns[i]]},
                                {"a", ToJson(difference.value_a[i])},
                                {"b", ToJson(difference.value_b[i])},
                                {"cause", difference.cause[i]}});
  if (difference.kind == RowDifferenceKind::kCountDiffers) {
    entry["count_a"] = std::stoll(*difference.value_a[0]);
    entry["count_b"] = std::stoll(*difference.value_b[0]);
  }
  return entry;
}

std::string DifferenceCsvHeader(const DiffPlan& plan) {
  std::vector<std::optional<std::string>> header = {"kind"};
  for (const std::string& name : KeyNames(plan)) header.emplace_back(name);
  header.insert(header.end(), {"columns", "causes"});
  return CsvLine(header);
}

std::string DifferenceCsv(const DiffPlan& plan, const RowDifference& difference) {
  std::vector<std::optional<std::string>> fields = {KindName(difference.kind)};
  fields.insert(fields.end(), difference.key.begin(), difference.key.end());
  std::vector<std::string> columns;
  for (const size_t column : difference.columns) columns.push_back(plan.columns[column]);
  fields.emplace_back(absl::StrJoin(columns, ","));
  fields.emplace_back(absl::StrJoin(difference.cause, ","));
  return CsvLine(fields);
}

}  // namespace regraft::cli
