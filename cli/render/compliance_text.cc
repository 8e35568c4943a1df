#include "cli/render/compliance_text.h"

#include "cli/render/markdown.h"
#include "cli/render/words.h"
#include "engine/plan/lock.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::cli {
namespace {

using compliance::Leaf;
using compliance::Report;
using compliance::SubHub;
using compliance::Tally;
using nlohmann::ordered_json;

std::string Padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string Rows(const Report& report, const Leaf& leaf) {
  if (!leaf.rows.has_value()) return "";
  return absl::StrCat(report.counted ? "" : "~", Counted(*leaf.rows, "row", "rows"));
}

// "95,004 rows; a table, so MV is a label".
std::string Facts(const Report& report, const Leaf& leaf) {
  std::vector<std::string> words;
  if (!leaf.gap.empty()) words.push_back(OneLine(leaf.gap));
  if (leaf.leaf_type == "MV" && leaf.kind.find("table") != std::string::npos)
    words.push_back("a table: MV is its label");
  else if (!leaf.kind.empty() && leaf.kind != "table")
    words.push_back(leaf.kind);
  if (!leaf.in_plan) words.push_back("registered besides");
  for (const std::string& todo : leaf.todo) words.push_back("to be decided: " + OneLine(todo));
  const std::string rows = Rows(report, leaf);
  if (!rows.empty()) words.push_back(rows);
  return absl::StrJoin(words, "; ");
}

std::string Wanted(const Tally& tally) {
  if (!tally.min.has_value()) return "no number stated";
  if (tally.max == tally.min) return absl::StrCat(*tally.min, " wanted");
  return absl::StrCat(
      *tally.min, tally.max.has_value() ? absl::StrCat(" to ", *tally.max) : " or more", " wanted");
}

std::string Tallies(const SubHub& hub) {
  std::vector<std::string> words;
  for (const Tally& tally : hub.tallies)
    words.push_back(absl::StrCat(tally.found, " ", tally.leaf_type, " (", Wanted(tally), ")"));
  return words.empty() ? "nothing is there" : absl::StrJoin(words, ", ");
}

std::string LockWords(const Report& report) {
  const auto& lock = report.lock.lock;
  if (!lock.has_value()) return "nothing is locked";
  const auto drift = static_cast<int64_t>(report.lock.drift.size());
  return absl::StrCat(OneLine(absl::StrJoin(lock->schemas, ", ")), "; by ",
                      OneLine(lock->locked_by), " at ", lock->locked_at,
                      lock->guarded ? "" : ", by privileges alone", "; ",
                      drift == 0 ? "no drift" : Counted(drift, "difference", "differences"));
}

std::string AuditWords(const Report& report) {
  if (report.audits == 0) return "the plan states no checks";
  if (!report.audit.has_value())
    return absl::StrCat("never run, or not recorded; the plan states ", report.audits, " checks");
  const auto& audit = *report.audit;
  return absl::StrCat(audit.passed, " of ", audit.passed + audit.failed, " passed, of ",
                      report.audits, " that the plan states; run ", audit.run_id, ", snapshot of ",
                      audit.snapshot_at);
}

std::string QuestionWords(const Report& report) {
  if (report.questions.empty()) return "none is open";
  std::vector<std::string> words;
  for (const auto& question : report.questions)
    words.push_back(OneLine(absl::StrCat(question.id, " ", question.table, ": ", question.text)));
  return absl::StrCat(Counted(static_cast<int64_t>(words.size()), "is", "are"),
                      " open: ", absl::StrJoin(words, " · "));
}

std::string UnclassifiedWords(const Report& report) {
  if (report.unclassified.empty()) return "none in the plan's schemas";
  return absl::StrCat(
      Counted(static_cast<int64_t>(report.unclassified.size()), "relation", "relations"),
      " of the plan's schemas: ", OneLine(absl::StrJoin(report.unclassified, ", ")));
}

std::string Verdict(const Report& report) {
  if (report.gaps.empty()) return "compliant";
  return absl::StrCat("not compliant: ",
                      Counted(static_cast<int64_t>(report.gaps.size()), "gap", "gaps"));
}

// Each remedy once, in the order of the gaps.
std::vector<std::string> Remedies(const Report& report) {
  std::vector<std::string> remedies;
  for (const auto& gap : report.gaps)
    if (std::find(remedies.begin(), remedies.end(), gap.remedy) == remedies.end())
      remedies.push_back(gap.remedy);
  return remedies;
}

std::string MarkdownCell(const SubHub& hub, std::string_view type) {
  constexpr size_t kNamesMax = 4;
  std::vector<std::string> names;
  size_t there = 0;
  for (const Leaf& leaf : hub.leaves) {
    if (leaf.leaf_type != type) continue;
    there += leaf.gap.empty() ? size_t{1} : size_t{0};
    names.push_back(markdown::Code(leaf.table) +
                    (leaf.gap.empty() ? "" : " **" + markdown::Cell(leaf.gap) + "**"));
  }
  if (names.size() > kNamesMax)
    return absl::StrCat(there, " of ", names.size(), " as they must be");
  return names.empty() ? "-" : absl::StrJoin(names, ", ");
}

}  // namespace

std::string ComplianceText(const Report& report) {
  size_t width = 0;
  for (const SubHub& hub : report.sub_hubs)
    for (const Leaf& leaf : hub.leaves) width = std::max(width, OneLine(leaf.table).size());
  std::string text;
  for (const SubHub& hub : report.sub_hubs) {
    absl::StrAppend(&text, hub.holds() ? "ok    " : "GAP   ", OneLine(hub.name), ": ", Tallies(hub),
                    "\n");
    for (const Leaf& leaf : hub.leaves)
      absl::StrAppend(&text, leaf.gap.empty() ? "  ok    " : "  GAP   ", Padded(leaf.leaf_type, 10),
                      " ", Padded(OneLine(leaf.table), width), "  ", Facts(report, leaf), "\n");
  }
  const Margin margin{.indent = 0, .label_width = 14};
  text += "\n" + Wrapped(margin, "unclassified", UnclassifiedWords(report));
  text += Wrapped(margin, "leaf lock", LockWords(report));
  if (report.lock.lock.has_value())
    for (const auto& drift : report.lock.drift)
      text += Wrapped(margin, "", OneLine(drift.object + ": " + drift.what));
  text += Wrapped(margin, "audit", AuditWords(report));
  if (report.audit.has_value() && !report.audit->failed_ids.empty())
    text += Wrapped(margin, "", "failed: " + absl::StrJoin(report.audit->failed_ids, ", "));
  text += Wrapped(margin, "questions", QuestionWords(report));
  text += "\n" + Verdict(report) + "\n";
  for (const std::string& remedy : Remedies(report))
    absl::StrAppend(&text, "next: ", OneLine(remedy), "\n");
  return text;
}

std::string ComplianceMarkdown(const Report& report) {
  std::vector<std::string_view> types;
  for (const std::string_view type : plan::kLeafTypes)
    for (const SubHub& hub : report.sub_hubs)
      if (std::any_of(hub.leaves.begin(), hub.leaves.end(),
                      [&](const Leaf& leaf) { return leaf.leaf_type == type; }) &&
          std::find(types.begin(), types.end(), type) == types.end())
        types.push_back(type);
  markdown::Row heads = {"Sub-hub"};
  for (const std::string_view type : types) heads.emplace_back(type);
  heads.emplace_back("Holds");
  std::vector<markdown::Row> rows;
  for (const SubHub& hub : report.sub_hubs) {
    markdown::Row row = {markdown::Cell(hub.name)};
    for (const std::string_view type : types) row.push_back(MarkdownCell(hub, type));
    row.emplace_back(hub.holds() ? "yes" : "**no**");
    rows.push_back(std::move(row));
  }
  std::string text = markdown::Table(heads, rows);
  const std::vector<markdown::Row> facts = {
      {"Unclassified", markdown::Cell(UnclassifiedWords(report))},
      {"Leaf lock", markdown::Cell(LockWords(report))},
      {"Audit", markdown::Cell(AuditWords(report))},
      {"Questions", markdown::Cell(QuestionWords(report))}};
  text += markdown::Table({"", "Now"}, facts);
  std::vector<markdown::Row> gaps;
  for (const auto& gap : report.gaps)
    gaps.push_back(
        {markdown::Cell(gap.object), markdown::Cell(gap.what), markdown::Cell(gap.remedy)});
  if (!gaps.empty()) text += markdown::Table({"Gap", "What", "Next"}, gaps);
  return text + Verdict(report) + "\n";
}

ordered_json ComplianceJson(const Report& report) {
  const auto number = [](const std::optional<int64_t>& value) {
    return value.has_value() ? ordered_json(*value) : ordered_json(nullptr);
  };
  ordered_json document = {{"plan", report.plan_name},
                           {"compliant", report.gaps.empty()},
                           {"counted", report.counted},
                           {"sub_hubs", ordered_json::array()}};
  for (const SubHub& hub : report.sub_hubs) {
    ordered_json json = {{"sub_hub", hub.name},
                         {"holds", hub.holds()},
                         {"leaves", ordered_json::array()},
                         {"tallies", ordered_json::array()}};
    for (const Leaf& leaf : hub.leaves)
      json["leaves"].push_back({{"table", leaf.table},
                                {"leaf_type", leaf.leaf_type},
                                {"in_plan", leaf.in_plan},
                                {"exists", !leaf.kind.empty()},
                                {"kind", leaf.kind},
                                {"registered_as", leaf.registered_as},
                                {"rows", number(leaf.rows)},
                                {"gap", leaf.gap},
                                {"todo", leaf.todo}});
    for (const Tally& tally : hub.tallies)
      json["tallies"].push_back({{"leaf_type", tally.leaf_type},
                                 {"found", tally.found},
                                 {"min", number(tally.min)},
                                 {"max", number(tally.max)},
                                 {"holds", tally.holds}});
    document["sub_hubs"].push_back(std::move(json));
  }
  document["unclassified"] = report.unclassified;
  const auto& lock = report.lock.lock;
  document["lock"] = nullptr;
  if (lock.has_value())
    document["lock"] = {{"schemas", lock->schemas},
                        {"guarded", lock->guarded},
                        {"locked_by", lock->locked_by},
                        {"locked_at", lock->locked_at},
                        {"drift", report.lock.drift.size()}};
  document["not_locked"] = report.unlocked;
  document["audits"] = report.audits;
  document["audit"] = nullptr;
  if (report.audit.has_value())
    document["audit"] = {{"run", report.audit->run_id},
                         {"snapshot_at", report.audit->snapshot_at},
                         {"passed", report.audit->passed},
                         {"failed", report.audit->failed_ids},
                         {"not_run", report.audit->not_run}};
  document["questions"] = ordered_json::array();
  for (const auto& question : report.questions)
    document["questions"].push_back(
        {{"id", question.id}, {"table", question.table}, {"question", question.text}});
  document["gaps"] = ordered_json::array();
  for (const auto& gap : report.gaps)
    document["gaps"].push_back(
        {{"object", gap.object}, {"what", gap.what}, {"remedy", gap.remedy}});
  return document;
}

}  // namespace regraft::cli
