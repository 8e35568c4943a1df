#include "cli/render/import_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <cinttypes>

namespace regraft::cli {
namespace {

std::string KindOf(const document::Tally& tally) { return std::string(plan::KindWord(tally.kind)); }

std::string TallyLine(const std::string& kind, const std::optional<int64_t>& declared,
                      int64_t itemised, bool compared) {
  const std::string said = declared.has_value() ? absl::StrCat(*declared) : "-";
  const bool differs = compared && declared.value_or(0) != itemised;
  return absl::StrFormat("%-12s %8s %8d%s\n", kind, said, itemised, differs ? "  differs" : "");
}

}  // namespace

std::string ImportText(const document::Import& import, const std::string& file) {
  const bool compared = import.declared.has_value();
  std::string text = absl::StrFormat("%-12s %8s %8s\n", "", "declared", "itemised");
  for (const document::Tally& tally : import.tallies)
    absl::StrAppend(&text, TallyLine(KindOf(tally), tally.declared, tally.itemised, compared));
  absl::StrAppend(&text, TallyLine("total", import.declared, import.itemised, compared));
  if (!compared) absl::StrAppend(&text, "The document declares no counts.\n");
  if (!import.findings.empty())
    absl::StrAppend(&text, "\n", import.findings.size(), " findings:\n");
  for (const document::Finding& finding : import.findings)
    absl::StrAppend(&text, file, ":", finding.line, ": ", finding.rule, ": ", finding.what, "\n");
  const auto todos = document::TodosOf(import.plan);
  if (!todos.empty()) absl::StrAppend(&text, "\n", todos.size(), " todos:\n");
  for (const document::Todo& todo : todos)
    absl::StrAppend(&text, "  ", todo.of, ": ", todo.what, "\n");
  return text;
}

nlohmann::ordered_json ImportJson(const document::Import& import, const std::string& yaml) {
  using Json = nlohmann::ordered_json;
  Json document = {{"itemised", import.itemised}};
  document["declared"] = import.declared.has_value() ? Json(*import.declared) : Json(nullptr);
  document["kinds"] = Json::array();
  for (const document::Tally& tally : import.tallies)
    document["kinds"].push_back(
        {{"kind", KindOf(tally)},
         {"declared", tally.declared.has_value() ? Json(*tally.declared) : Json(nullptr)},
         {"itemised", tally.itemised}});
  document["counts_agree"] = import.CountsAgree();
  document["unread_rows"] = import.unread_rows;
  document["findings"] = Json::array();
  for (const document::Finding& finding : import.findings)
    document["findings"].push_back(
        {{"line", finding.line}, {"rule", finding.rule}, {"what", finding.what}});
  document["todos"] = Json::array();
  for (const document::Todo& todo : document::TodosOf(import.plan))
    document["todos"].push_back({{"of", todo.of}, {"what", todo.what}});
  document["plan"] = yaml;
  return document;
}

}  // namespace regraft::cli
