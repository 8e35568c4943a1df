#include "cli/commands/diff_output.h"

#include "engine/base/failure_kind.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/render/csv.h"

#include <cerrno>
#include <cstring>
#include <optional>

namespace regraft::cli {
namespace {

using verification::RowDifference;
using verification::RowDifferenceKind;

constexpr size_t kShown = 20;
// A value is shown to be recognised, not to be read; the CSV has the keys, the database the rest.
constexpr size_t kValueBytesMax = 120;

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

// One line of terminal-safe text, quoted, so that NULL, '' and blanks at the end can be told apart.
std::string Shown(const std::optional<std::string>& value) {
  if (!value.has_value()) return "NULL";
  size_t bytes = std::min(value->size(), kValueBytesMax);
  while (bytes > 0 && bytes < value->size() &&
         (static_cast<unsigned char>((*value)[bytes]) & 0xC0) == 0x80)
    --bytes;  // not within a UTF-8 character
  std::string shown = "'";
  for (const char c : value->substr(0, bytes)) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      absl::StrAppend(&shown, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    else
      shown.push_back(c);
  }
  return absl::StrCat(shown, bytes < value->size() ? "…'" : "'");
}

std::vector<std::string> KeyNames(const DiffPlan& plan) {
  return plan.key.empty() ? plan.columns : plan.key_names();
}

std::string ShownKey(const DiffPlan& plan, const RowDifference& difference) {
  const std::vector<std::string> names = KeyNames(plan);
  std::vector<std::string> parts;
  for (size_t i = 0; i < names.size(); ++i)
    parts.push_back(absl::StrCat(names[i], "=", Shown(difference.key[i])));
  return absl::StrJoin(parts, ", ");
}

std::string Lines(const DiffPlan& plan, const RowDifference& difference) {
  std::string text = absl::StrCat(KindName(difference.kind), "  ", ShownKey(plan, difference));
  if (difference.kind == RowDifferenceKind::kCountDiffers)
    absl::StrAppend(&text, ": ", *difference.value_a[0], " times in a, ", *difference.value_b[0],
                    " in b");
  text += "\n";
  for (size_t i = 0; i < difference.columns.size(); ++i) {
    const std::string& cause = difference.cause[i];
    absl::StrAppend(&text, "    ", plan.columns[difference.columns[i]], ": ",
                    Shown(difference.value_a[i]), " → ", Shown(difference.value_b[i]));
    absl::StrAppend(&text, cause.empty() ? "" : absl::StrCat("  (", cause, ")"), "\n");
  }
  return text;
}

nlohmann::ordered_json ToJson(const std::optional<std::string>& value) {
  return value.has_value() ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json ToJson(const DiffPlan& plan, const RowDifference& difference) {
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

std::string ToCsv(const DiffPlan& plan, const RowDifference& difference) {
  std::vector<std::optional<std::string>> fields = {KindName(difference.kind)};
  fields.insert(fields.end(), difference.key.begin(), difference.key.end());
  std::vector<std::string> columns;
  for (const size_t column : difference.columns) columns.push_back(plan.columns[column]);
  fields.emplace_back(absl::StrJoin(columns, ","));
  fields.emplace_back(absl::StrJoin(difference.cause, ","));
  return CsvLine(fields);
}

}  // namespace

absl::Status DiffOutput::Open(const std::string& path) {
  path_ = path;
  if (path.empty()) return absl::OkStatus();
  file_.open(path, std::ios::binary | std::ios::trunc);
  if (file_.is_open()) return absl::OkStatus();
  return BadPlan(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
}

void DiffOutput::Begin(const DiffPlan& plan) {
  plan_ = &plan;
  if (!file_.is_open()) return;
  std::vector<std::optional<std::string>> header = {"kind"};
  for (const std::string& name : KeyNames(plan)) header.emplace_back(name);
  header.insert(header.end(), {"columns", "causes"});
  file_ << CsvLine(header);
}

void DiffOutput::Add(const RowDifference& difference) {
  ++count_;
  if (first_.size() < kShown) first_.push_back(difference);
  if (file_.is_open()) file_ << ToCsv(*plan_, difference);
}

absl::Status DiffOutput::Close() {
  if (!file_.is_open()) return absl::OkStatus();
  file_.close();
  if (file_.good()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("could not write all of ", path_, ": ", std::strerror(errno)));
}

std::string DiffOutput::Text() const {
  std::string text;
  for (const RowDifference& difference : first_) text += Lines(*plan_, difference);
  const auto more = count_ - static_cast<int64_t>(first_.size());
  if (more > 0)
    absl::StrAppend(&text, "… and ", more, " more",
                    path_.empty() ? "; --diff-keys FILE writes all" : "", "\n");
  return text;
}

nlohmann::ordered_json DiffOutput::Json() const {
  nlohmann::ordered_json differences = nlohmann::ordered_json::array();
  for (const RowDifference& difference : first_) differences.push_back(ToJson(*plan_, difference));
  return differences;
}

}  // namespace regraft::cli
