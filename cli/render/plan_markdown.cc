#include "cli/render/plan_markdown.h"

#include "cli/render/markdown.h"
#include "cli/render/plan_tally.h"
#include "cli/render/words.h"
#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <array>
#include <vector>

namespace regraft::cli {
namespace {

using namespace saved_plan;
using namespace markdown;

struct KindWords {
  const char* kind;
  const char* heading;
  const char* description;
};
// In the order of the sections.
constexpr std::array<KindWords, 8> kKinds = {{
    {"archive", "Archives", "the same table under an archive name"},
    {"merge", "Merges", "rows copied into the target, the source kept aside"},
    {"move", "Moves", "the same table in another schema"},
    {"keep_as_mv", "Labels", "a label and a comment; no row is touched"},
    {"merge_jsonb", "Merges into a jsonb column", "source rows folded into the target's rows"},
    {"merge_cols", "Merges into columns", "source columns added to the target's rows"},
    {"add_pk", "Primary keys", "a numbered key column added"},
    {"pending", "Questions", "waiting for a decision"},
}};

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(AsAbsl(text)); }

std::string Rows(const SavedAction& action) {
  return absl::StrCat(action.estimated ? "about " : "", Grouped(action.rows));
}

std::string Status(const SavedAction& action) {
  if (action.state == "blocked" && !action.blocked_by.empty())
    return "BLOCKED by " + Cell(action.blocked_by);
  return Upper(action.state);
}

std::string PlanStatus(const SavedPlan& plan, const Tally& tally) {
  if (tally.refusals > 0)
    return absl::StrCat("REFUSED: ", Counted(tally.refusals, "finding", "findings"), " to cure");
  const size_t undecided = Undecided(plan).size();
  return undecided == 0
             ? "PENDING APPROVAL"
             : absl::StrCat("PENDING APPROVAL, ",
                            Counted(static_cast<int64_t>(undecided), "question", "questions"),
                            " undecided");
}

std::string SummarySection(const SavedPlan& plan) {
  std::vector<Row> rows;
  int64_t all_rows = 0;
  for (const KindWords& kind : kKinds) {
    int64_t count = 0, ready = 0, live = 0;
    for (const SavedAction& action : plan.actions) {
      if (action.kind != kind.kind) continue;
      ++count;
      ready += action.state == "ready" ? 1 : 0;
      live += action.rows;
    }
    all_rows += live;
    if (count > 0)
      rows.push_back({Upper(kind.kind), absl::StrCat(count), absl::StrCat(ready), Grouped(live),
                      kind.description});
  }
  const Tally tally = TallyOf(plan);
  rows.push_back({"**TOTAL**", absl::StrCat("**", plan.actions.size(), "**"),
                  absl::StrCat("**", tally.ready, "**"),
                  absl::StrCat("**", Grouped(all_rows), "**"),
                  absl::StrCat(tally.blocked, " blocked, ", tally.refused, " refused")});
  return "## Action Summary\n\n" + Table({"Action", "Count", "Ready", "Rows", "Description"}, rows);
}

std::string MergeDetail(const SavedAction& action) {
  int64_t set_aside = 0;
  for (const RemainderReason& reason : action.remainder) set_aside += reason.rows;
  std::string detail = Code(action.discriminator);
  if (set_aside > 0)
    absl::StrAppend(&detail, detail.empty() ? "" : "; ", Counted(set_aside, "row", "rows"),
                    " set aside");
  if (action.proved) absl::StrAppend(&detail, detail.empty() ? "" : "; ", "inverse proved");
  return detail;
}

std::string KindSection(const SavedPlan& plan, const KindWords& kind) {
  std::vector<Row> rows;
  const bool rewrites = std::string_view(kind.kind).starts_with("merge");
  for (const SavedAction& action : plan.actions) {
    if (action.kind != kind.kind) continue;
    rows.push_back({Cell(action.id), Code(action.source), Rows(action), Size(action.bytes),
                    Code(action.target), rewrites ? MergeDetail(action) : Cell(action.reason),
                    Status(action)});
  }
  if (rows.empty()) return "";
  return absl::StrCat("## ", kind.heading, " (", Upper(kind.kind), ")\n\n",
                      Table({"ID", "Source", "Rows", "Size", "Target",
                             rewrites ? "Rows are known by" : "Reason", "Status"},
                            rows));
}

std::string QuestionSection(const SavedPlan& plan) {
  std::vector<Row> rows;
  for (const SavedAction& action : plan.actions) {
    if (action.kind != "pending") continue;
    std::vector<std::string> options;
    for (const std::string& option : action.options) options.push_back(Cell(option));
    std::string answer = "undecided";
    for (const SavedAnswer& given : plan.answers)
      if (given.id == action.id)
        answer =
            absl::StrCat(Cell(given.choice), ", by ", Cell(given.by), ": ", Cell(given.reason));
    rows.push_back({Cell(action.id), Code(action.source), Rows(action), Cell(action.reason),
                    absl::StrJoin(options, "<br>"), answer});
  }
  if (rows.empty()) return "";
  return "## Questions (PENDING)\n\n" +
         Table({"ID", "Table", "Rows", "Question", "Options", "Answer"}, rows);
}

void AddFindings(const std::string& where, const std::vector<Finding>& findings,
                 std::vector<Row>* rows) {
  for (const Finding& finding : findings)
    rows->push_back({Cell(where), Upper(finding.kind), Cell(finding.code), Cell(finding.text),
                     Cell(finding.remedy)});
}

std::string FindingSection(const SavedPlan& plan) {
  std::vector<Row> rows;
  AddFindings("the plan", plan.findings, &rows);
  for (const SavedPreparation& preparation : plan.preparations)
    AddFindings(preparation.table, preparation.findings, &rows);
  for (const SavedAction& action : plan.actions) AddFindings(action.id, action.findings, &rows);
  if (rows.empty()) return "";
  return "## Findings\n\n" + Table({"Action", "Kind", "Code", "Finding", "Cure"}, rows);
}

std::string PreparationSection(const SavedPlan& plan) {
  std::vector<Row> rows;
  for (const SavedPreparation& preparation : plan.preparations)
    for (const Statement& statement : preparation.statements)
      rows.push_back({Code(preparation.table), Code(statement.sql), Cell(statement.why)});
  if (rows.empty()) return "";
  return "## Preparation of Targets\n\n" + Table({"Table", "Statement", "Why"}, rows);
}

std::string OrderSection(const SavedPlan& plan) {
  std::string out = "## Execution Order\n\n";
  int number = 0;
  for (const SavedAction& action : plan.actions) {
    absl::StrAppend(&out, ++number, ". ", Cell(action.id), ": ", Upper(action.kind), " ",
                    Code(action.source));
    for (const After& after : action.after)
      absl::StrAppend(&out, "; after ", Cell(after.id), " (", Cell(after.reason), ")");
    out += "\n";
  }
  return out + "\n";
}

std::string ControlSection(const SavedPlan& plan) {
  std::vector<Row> rows = {
      {"Database", absl::StrCat(Cell(plan.database), ", system ", Cell(plan.system_identifier))},
      {"Planned by", Cell(plan.planner)},
      {"Tool", Cell(plan.tool)},
      {"Approvals required",
       absl::StrCat(plan.approvals_required, plan.not_by_planner ? ", not by the planner" : "")},
      {"An approval holds", Duration(plan.lifetime_seconds)}};
  if (!plan.sha256.empty()) rows.push_back({"SHA-256", Code(plan.sha256)});
  return "## Document Control\n\n" + Table({"Field", "Value"}, rows);
}

}  // namespace

std::string PlanMarkdown(const SavedPlan& plan) {
  std::string out = absl::StrCat("# ", plan.name.empty() ? "Reorganisation plan" : Cell(plan.name),
                                 "\n\n**Status**: ", PlanStatus(plan, TallyOf(plan)), "\n\n");
  out += SummarySection(plan) + PreparationSection(plan);
  for (const KindWords& kind : kKinds)
    out +=
        std::string_view(kind.kind) == "pending" ? QuestionSection(plan) : KindSection(plan, kind);
  out += FindingSection(plan) + OrderSection(plan) + ControlSection(plan);
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace regraft::cli
