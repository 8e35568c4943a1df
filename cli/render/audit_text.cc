#include "cli/render/audit_text.h"

#include "cli/render/words.h"
#include "engine/plan/audit.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

#include <algorithm>

namespace regraft::cli {
namespace {

using audit::CheckResult;
using nlohmann::ordered_json;
using plan::AuditKind;

std::string What(const plan::Audit& audit) {
  const std::string kind(plan::KindWord(audit.kind));
  if (audit.kind == AuditKind::kSql) return absl::StrCat(kind, " ", audit.name);
  std::vector<std::string> columns = audit.columns;
  if (!audit.column.empty()) columns.push_back(audit.column);
  std::string what = absl::StrCat(kind, " ", pg::DisplayName(audit.table));
  if (audit.other.has_value()) absl::StrAppend(&what, " / ", pg::DisplayName(*audit.other));
  if (!columns.empty()) absl::StrAppend(&what, " (", absl::StrJoin(columns, ", "), ")");
  if (!audit.where.empty()) absl::StrAppend(&what, " where ", audit.where);
  return what;
}

std::string Found(const plan::Audit& audit, int64_t number) {
  if (audit.kind == AuditKind::kAlignment) return Counted(number, "difference", "differences");
  if (audit.kind == AuditKind::kCardinality) return Counted(number, "key", "keys");
  if (audit.kind == AuditKind::kDuplicate && audit.unit == plan::DuplicateUnit::kGroups)
    return Counted(number, "group", "groups");
  if (audit.kind == AuditKind::kDuplicate && audit.unit == plan::DuplicateUnit::kSurplus)
    return Counted(number, "surplus row", "surplus rows");
  return Counted(number, "row", "rows");
}

std::string Expected(const plan::ExpectedRows& expected) {
  return expected.tolerance_rows == 0
             ? Grouped(expected.rows)
             : absl::StrCat(Grouped(expected.rows), " ± ", Grouped(expected.tolerance_rows));
}

std::string Numbers(const CheckResult& check) {
  std::vector<std::string> words;
  for (const auto& [name, number] : check.parts)
    words.push_back(absl::StrCat(absl::StrReplaceAll(name, {{"_", " "}}), " ", Grouped(number)));
  if (!check.collation.empty()) words.push_back("collation " + check.audit->collation);
  return absl::StrJoin(words, ", ");
}

std::string Freshness(const CheckResult& check) {
  return absl::StrCat("newest ", check.newest.empty() ? "none" : check.newest, ", at most ",
                      Duration(check.audit->within_seconds), " old expected");
}

std::string Outcome(const CheckResult& check) {
  const plan::Audit& audit = *check.audit;
  if (audit.kind == AuditKind::kFreshness) return Freshness(check);
  return absl::StrCat(Found(audit, check.found), ", ", Expected(audit.expected), " expected");
}

std::string Earlier(const CheckResult& check) {
  if (!check.earlier.has_value()) return "";
  if (!check.earlier->found.has_value())
    return check.earlier->passed ? "was fresh" : "was not fresh";
  return absl::StrCat("was ", Grouped(*check.earlier->found));
}

std::string SampleLine(const audit::Samples& samples, size_t row) {
  std::vector<std::string> values;
  for (size_t i = 0; i < samples.columns.size() && i < samples.rows[row].size(); ++i)
    values.push_back(absl::StrCat(samples.columns[i], "=", samples.rows[row][i].value_or("NULL")));
  constexpr size_t kBytesMax = 90;
  return Shortened(absl::StrJoin(values, ", "), kBytesMax);
}

std::string Tally(const audit::AuditReport& report) {
  const auto passed = std::count_if(report.checks.begin(), report.checks.end(),
                                    [](const CheckResult& check) { return check.passed; });
  const auto total = static_cast<int64_t>(report.checks.size());
  return absl::StrCat(Counted(total, "check", "checks"), ", ", Grouped(passed), " passed, ",
                      Grouped(total - passed), " failed; one snapshot, of ", report.snapshot_at,
                      report.run_id == 0 ? "; not recorded"
                                         : absl::StrCat("; recorded as audit run ", report.run_id));
}

std::string Cell(std::string_view text) {
  return absl::StrReplaceAll(OneLine(text), {{"|", "\\|"}, {"<", "&lt;"}});
}

ordered_json CheckJson(const CheckResult& check) {
  const plan::Audit& audit = *check.audit;
  ordered_json json;
  json["id"] = audit.id;
  json["kind"] = plan::KindWord(audit.kind);
  json["what"] = What(audit);
  json["reason"] = audit.reason;
  json["passed"] = check.passed;
  const bool counts = audit.kind != AuditKind::kFreshness;
  json["found"] = counts ? ordered_json(check.found) : ordered_json(nullptr);
  json["expected"] = counts ? ordered_json(audit.expected.rows) : ordered_json(nullptr);
  json["tolerance"] = counts ? ordered_json(audit.expected.tolerance_rows) : ordered_json(nullptr);
  json["parts"] = ordered_json::object();
  for (const auto& [name, number] : check.parts) json["parts"][name] = number;
  if (!counts)
    json["newest"] = check.newest.empty() ? ordered_json(nullptr) : ordered_json(check.newest);
  if (!check.collation.empty()) json["collation"] = audit.collation;
  json["earlier"] = nullptr;
  if (check.earlier.has_value())
    json["earlier"] = {
        {"found", check.earlier->found.has_value() ? ordered_json(*check.earlier->found)
                                                   : ordered_json(nullptr)},
        {"passed", check.earlier->passed},
        {"at", check.earlier->at}};
  json["columns"] = check.samples.columns;
  json["samples"] = ordered_json::array();
  for (const auto& row : check.samples.rows) {
    ordered_json values = ordered_json::array();
    for (const auto& value : row)
      values.push_back(value.has_value() ? ordered_json(*value) : ordered_json(nullptr));
    json["samples"].push_back(values);
  }
  json["seconds"] = check.seconds;
  return json;
}

}  // namespace

std::string AuditText(const audit::AuditReport& report) {
  std::string text;
  for (const CheckResult& check : report.checks) {
    std::vector<std::string> words = {Outcome(check)};
    for (const std::string& more : {Numbers(check), Earlier(check)})
      if (!more.empty()) words.push_back(more);
    absl::StrAppend(&text, check.passed ? "ok    " : "FAIL  ", OneLine(check.audit->id), ": ",
                    OneLine(What(*check.audit)), ": ", absl::StrJoin(words, "; "), "\n");
    for (size_t row = 0; !check.passed && row < check.samples.rows.size(); ++row)
      absl::StrAppend(&text, "        ", SampleLine(check.samples, row), "\n");
  }
  return absl::StrCat(text, Tally(report), "\n");
}

std::string AuditMarkdown(const audit::AuditReport& report) {
  std::string text =
      "| | check | what | found | expected | was | made of |\n"
      "|-|-------|------|-------|----------|-----|---------|\n";
  for (const CheckResult& check : report.checks) {
    const bool counts = check.audit->kind != AuditKind::kFreshness;
    absl::StrAppend(
        &text, "| ", check.passed ? "ok" : "**FAIL**", " | ", Cell(check.audit->id), " | ",
        Cell(What(*check.audit)), " | ",
        counts ? Found(*check.audit, check.found) : Cell(check.newest), " | ",
        counts ? Expected(check.audit->expected) : Duration(check.audit->within_seconds), " | ",
        Earlier(check), " | ", Cell(Numbers(check)), " |\n");
  }
  return absl::StrCat(text, "\n", Tally(report), "\n");
}

ordered_json AuditJson(const audit::AuditReport& report) {
  ordered_json document;
  document["snapshot_at"] = report.snapshot_at;
  document["run"] = report.run_id == 0 ? ordered_json(nullptr) : ordered_json(report.run_id);
  document["checks"] = ordered_json::array();
  for (const CheckResult& check : report.checks) document["checks"].push_back(CheckJson(check));
  return document;
}

}  // namespace regraft::cli
