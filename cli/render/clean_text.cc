#include "cli/render/clean_text.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

std::string SampleLine(const audit::Samples& samples, size_t row) {
  std::vector<std::string> values;
  for (size_t i = 0; i < samples.columns.size() && i < samples.rows[row].size(); ++i)
    values.push_back(absl::StrCat(samples.columns[i], "=", samples.rows[row][i].value_or("NULL")));
  constexpr size_t kBytesMax = 90;
  return Shortened(absl::StrJoin(values, ", "), kBytesMax);
}

std::string ActionText(const saved_plan::SavedAction& action, const audit::Samples& samples) {
  const bool refused = action.state == "refused";
  std::string text = Titled(action.id, action.kind, action.source);
  if (!refused) absl::StrAppend(&text, ": ", Counted(action.rows, "row", "rows"));
  if (!action.remainder_table.empty() && action.rows > 0)
    absl::StrAppend(&text, " -> ", OneLine(action.remainder_table));
  absl::StrAppend(&text, action.reason.empty() ? "" : "; " + OneLine(action.reason), "\n");
  for (const saved_plan::Finding& finding : action.findings)
    absl::StrAppend(&text, Wrapped({.indent = 2, .label_width = 9},
                                   finding.kind == "refusal" ? "REFUSED" : finding.kind,
                                   absl::StrCat(finding.text, finding.remedy.empty() ? "" : ": ",
                                                finding.remedy)));
  for (size_t row = 0; row < samples.rows.size(); ++row)
    absl::StrAppend(&text, "    ", SampleLine(samples, row), "\n");
  return text;
}

}  // namespace

std::string ProposalText(const clean::Proposal& proposal) {
  std::string text;
  for (size_t i = 0; i < proposal.plan.actions.size(); ++i)
    absl::StrAppend(&text, ActionText(proposal.plan.actions[i], proposal.samples[i]));
  return text;
}

ordered_json ProposalJson(const clean::Proposal& proposal) {
  ordered_json repairs = ordered_json::array();
  for (size_t i = 0; i < proposal.plan.actions.size(); ++i) {
    const saved_plan::SavedAction& action = proposal.plan.actions[i];
    ordered_json findings = ordered_json::array(), samples = ordered_json::array();
    for (const saved_plan::Finding& finding : action.findings)
      findings.push_back({{"kind", finding.kind},
                          {"code", finding.code},
                          {"text", finding.text},
                          {"remedy", finding.remedy}});
    for (const auto& row : proposal.samples[i].rows) {
      ordered_json values = ordered_json::array();
      for (const auto& value : row)
        values.push_back(value.has_value() ? ordered_json(*value) : ordered_json(nullptr));
      samples.push_back(values);
    }
    repairs.push_back({{"id", action.id},
                       {"kind", action.kind},
                       {"table", action.source},
                       {"state", action.state},
                       {"rows", action.rows},
                       {"digest", action.digest},
                       {"archive", action.remainder_table},
                       {"sql", action.forward},
                       {"findings", findings},
                       {"columns", proposal.samples[i].columns},
                       {"samples", samples}});
  }
  return repairs;
}

std::string RepairText(const clean::RepairReport& repair) {
  std::vector<std::string> words = {repair.state};
  if (repair.state == "done" || repair.state == "undone") {
    if (repair.changed > 0)
      words.push_back(Counted(repair.changed, "value changed", "values changed"));
    if (repair.moved > 0)
      words.push_back(Counted(repair.moved, "reference moved", "references moved"));
    if (repair.archived > 0)
      words.push_back(absl::StrCat(Counted(repair.archived, "row", "rows"),
                                   repair.state == "done" ? " to " : " back from ",
                                   OneLine(repair.archive)));
    words.push_back(absl::StrCat(Counted(repair.rows_before, "row", "rows"), " before, ",
                                 Grouped(repair.rows_after), " after"));
    if (!repair.words.empty()) words.push_back(OneLine(repair.words));
  }
  return absl::StrCat(Titled(repair.id, repair.kind, repair.table), ": ",
                      absl::StrJoin(words, ", "), "\n");
}

ordered_json RepairJson(const clean::RepairReport& repair) {
  return {{"id", repair.id},
          {"kind", repair.kind},
          {"table", repair.table},
          {"state", repair.state},
          {"touched", repair.touched},
          {"rows_before", repair.rows_before},
          {"rows_after", repair.rows_after},
          {"changed", repair.changed},
          {"moved", repair.moved},
          {"archived", repair.archived},
          {"archive", repair.archive},
          {"words", repair.words}};
}

}  // namespace regraft::cli
