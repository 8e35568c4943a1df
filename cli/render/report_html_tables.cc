#include "cli/render/approval_text.h"
#include "cli/render/html.h"
#include "cli/render/report_html_parts.h"
#include "cli/render/report_words.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <algorithm>

namespace regraft::cli::html {
namespace {

using report::Action;
using report::Report;

constexpr const char* kId = "id";
constexpr const char* kNumber = "number";
constexpr const char* kNamed = "named";
constexpr const char* kWord = "word";

std::string Rows(int64_t rows) {
  return rows == 0 ? "<span class=\"zero\">0</span>" : Grouped(rows);
}

std::string WayWithRemainder(const Action& action) {
  std::string out = WayOf(action);
  if (action.rows_remainder.value_or(0) > 0)
    absl::StrAppend(&out, "<br><span class=\"soft\">set aside in ", Name(action.remainder_table),
                    ": ", Escape(ReasonWords(action)), "</span>");
  if (action.state != "done") absl::StrAppend(&out, "<br>", State(action.state, action.state));
  return out;
}

std::string SumRow(const report::Counts& counts) {
  const auto number = [](const char* head, int64_t rows) {
    return absl::StrCat("<td class=\"number\" data-head=\"", head, "\">", Grouped(rows), "</td>");
  };
  return absl::StrCat("<tr><td colspan=\"2\">Sum of what is done</td>",
                      number("Source", counts.rows_source), number("Target", counts.rows_target),
                      number("Set aside", counts.rows_remainder), "<td></td></tr>");
}

std::string SaidTable(const std::vector<SaidOf>& said, const std::string& caption) {
  Table table{.caption = caption, .heads = {"What", "In detail", "Where"}, .rows = {}, .foot = ""};
  for (const SaidOf& one : said) {
    table.rows.push_back({{Name(one.code), kWord},
                          {Escape(one.text)},
                          {one.places.empty() ? "the plan" : Links(one.places), kNamed}});
  }
  return Render(table);
}

std::string ApprovalWords(const approval::Approval& approval) {
  std::string out = Escape(approval.note);
  if (const auto& revoked = approval.revoked)
    absl::StrAppend(&out, out.empty() ? "" : "<br>", "revoked by ", Escape(revoked->by), " at ",
                    Escape(revoked->at), ", ",
                    Escape(Evidence(revoked->session_role, revoked->client_address)),
                    revoked->reason.empty() ? "" : ": " + Escape(revoked->reason));
  return out;
}

const char* ApprovalStyle(const approval::Approval& approval) {
  if (approval.consumed.has_value()) return "done";
  return approval.revoked.has_value() ? "failed" : "";
}

}  // namespace

std::string AccountingSection(const Report& report) {
  Table table{.caption = "",
              .heads = {"Action", "From → to", "Source", "Target", "Set aside", "Proof"},
              .rows = {},
              .foot = SumRow(report.counts)};
  for (const Action& action : report.actions)
    if (action.rows_source.has_value())
      table.rows.push_back({{Link(action.id), kId},
                            {WayWithRemainder(action), "way"},
                            {Rows(*action.rows_source), kNumber},
                            {Rows(action.rows_target.value_or(0)), kNumber},
                            {Rows(action.rows_remainder.value_or(0)), kNumber},
                            {absl::StrCat(ProofState(action), "<br><span class=\"soft when\">",
                                          Escape(action.verified_at), "</span>")}});
  return Render({"accounting", "Every row accounted for",
                 "Rows that were written anew. In each line: source = target + set aside."},
                Render(table));
}

std::string WholeSection(const Report& report) {
  Table table{.caption = "",
              .heads = {"Action", "What", "Table", "State", "Proof"},
              .rows = {},
              .foot = ""};
  for (const Action& action : report.actions)
    if (!action.rows_source.has_value() && Begun(action) && action.method != "question")
      table.rows.push_back({{Link(action.id), kId},
                            {Escape(action.kind), kWord},
                            {WayOf(action)},
                            {State(action.state, action.state)},
                            {ProofState(action)}});
  return Render(
      {"whole", "Tables that stayed whole",
       "No row of them was written anew. What the catalog says of each was compared "
       "before and after: it changed only as was declared. Same file: its rows lie in the file "
       "that held them before, and none was written meanwhile."},
      Render(table));
}

std::string TimingSection(const Report& report) {
  Table table{
      .caption = "", .heads = {"Action", "What", "Took", "", "Rate"}, .rows = {}, .foot = ""};
  const auto slowest = SlowestFirst(report);
  const double longest = slowest.empty() ? 1 : std::max(*slowest[0]->seconds, 1e-9);
  for (const Action* action : slowest)
    table.rows.push_back(
        {{Link(action->id), kId},
         {absl::StrCat(Escape(action->kind), " ", Name(action->source))},
         {Took(*action->seconds), kNumber},
         {absl::StrFormat("<div class=\"bar time\"><span style=\"width:%.1f%%\"></span></div>",
                          std::max(100 * *action->seconds / longest, 0.5))},
         {Escape(Rate(*action)), kNumber}});
  return Render({"timings", "Timings", "Slowest first; proving is included."}, Render(table));
}

std::string HazardSection(const Report& report) {
  return Render({"hazards", "Hazards that were taken",
                 "Named by the plan, let through by it, and approved with it."},
                SaidTable(HazardsTaken(report), ""));
}

std::string NoteSection(const Report& report) {
  return Render({"notes", "Notes", ""}, SaidTable(NotesOf(report), ""));
}

std::string ApprovalSection(const Report& report) {
  Table table{.caption = "",
              .heads = {"Name, as declared", "Session", "When", "State", "Note"},
              .rows = {},
              .foot = ""};
  for (const approval::Approval& approval : report.approvals)
    table.rows.push_back(
        {{Escape(approval.by), kId},
         {Escape(Evidence(approval.session_role, approval.client_address)), kNamed},
         {Escape(approval.approved_at), kNamed},
         {State(ApprovalState(approval, report.run), ApprovalStyle(approval))},
         {ApprovalWords(approval)}});
  return Render(
      {"approvals", "Approvals",
       absl::StrCat("Of exactly this plan, by its SHA-256. ",
                    report.approvals_required == 1
                        ? "One person had to approve"
                        : absl::StrCat(report.approvals_required, " people had to approve"),
                    report.not_by_planner ? ", not the planner." : ".")},
      Render(table));
}

std::string AnswerSection(const Report& report) {
  Table table{.caption = "", .heads = {"Question", "Answer", "By", "Why"}, .rows = {}, .foot = ""};
  for (const report::Question& question : report.questions) {
    if (!question.answer.has_value()) continue;
    const report::Answer& answer = *question.answer;
    const std::string when =
        answer.answered_at.empty()
            ? "in the plan file"
            : absl::StrCat(Escape(answer.answered_at), "<br>",
                           Escape(Evidence(answer.session_role, answer.client_address)));
    table.rows.push_back({{absl::StrCat(Link(question.id), " ", Name(question.table), "<br>",
                                        Escape(question.text))},
                          {Name(answer.choice), kNamed},
                          {absl::StrCat("<span>", Escape(answer.by), "<br><span class=\"soft\">",
                                        when, "</span></span>"),
                           kNamed},
                          {Escape(answer.reason), kNamed}});
  }
  return Render({"answers", "Questions that were answered", ""}, Render(table));
}

}  // namespace regraft::cli::html
