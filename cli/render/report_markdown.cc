#include "cli/render/report_markdown.h"

#include "cli/render/approval_text.h"
#include "cli/render/markdown.h"
#include "cli/render/report_words.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::cli {
namespace {

using namespace markdown;
using report::Action;
using report::Report;

std::string Section(const std::string& heading, const Row& heads, const std::vector<Row>& rows) {
  return rows.empty() ? "" : absl::StrCat("## ", heading, "\n\n", Table(heads, rows));
}

std::string Way(const Action& action) {
  const std::string to = WhereTo(action);
  return absl::StrCat(Code(action.source), to.empty() ? "" : " → " + Code(to));
}

std::string Heading(const Report& report) {
  const Verdict verdict = VerdictOf(report);
  const std::string ended = report.seconds.has_value() ? absl::StrCat(" to ", report.finished_at,
                                                                      ", ", Took(*report.seconds))
                                                       : "";
  std::vector<Row> rows = {
      {"Plan", Code(report.sha256)},
      {"Run", absl::StrCat(report.run, " in database ", Code(report.database), ", begun by role ",
                           Code(report.session_role))},
      {"When", report.started_at + ended},
      {"Actions", StateWords(report.counts)},
      {"Planned", absl::StrCat("by ", Cell(report.planner), " with ", Cell(report.tool))},
      {"Read from the ledger", report.made_at}};
  return absl::StrCat(
      "# ", report.plan.empty() ? "Reorganisation" : Cell(report.plan), ": report\n\n**",
      verdict.word, "**: ", verdict.actions, verdict.rows.empty() ? "" : " ", verdict.rows,
      verdict.proof.empty() ? "" : " ", verdict.proof, "\n\n", Table({"Field", "Value"}, rows));
}

std::string Attention(const Report& report) {
  std::vector<Row> rows;
  for (const Action& action : report.actions) {
    if (action.equal == false)
      rows.push_back({Cell(action.id), "DIFFERENT", Way(action), Cell(ProofWords(action))});
    if (const std::string why = WhyNot(action); !why.empty() && action.state != "blocked")
      rows.push_back({Cell(action.id), action.state, Way(action), Cell(why)});
  }
  for (const report::Question& question : report.questions) {
    if (question.answer.has_value()) continue;
    std::vector<std::string> options;
    for (const std::string& option : question.options) options.push_back(Cell(option));
    rows.push_back({Cell(question.id), "undecided", Code(question.table),
                    absl::StrCat(Cell(question.text), "<br>", absl::StrJoin(options, "<br>"))});
  }
  return Section("What waits for somebody", {"Action", "State", "Table", "Why"}, rows);
}

std::string Accounting(const Report& report) {
  std::vector<Row> rows;
  for (const Action& action : report.actions) {
    if (!action.rows_source.has_value()) continue;
    const std::string aside =
        action.rows_remainder.value_or(0) == 0
            ? ""
            : absl::StrCat(Code(action.remainder_table), ": ", Cell(ReasonWords(action)));
    rows.push_back({Cell(action.id), Way(action), Code(action.discriminator), Equation(action),
                    aside, Cell(ProofWords(action)), action.verified_at});
  }
  const report::Counts& counts = report.counts;
  if (!rows.empty())
    rows.push_back(
        {"**Sum**", "", "",
         absl::StrCat("**", Grouped(counts.rows_source), " = ", Grouped(counts.rows_target), " + ",
                      Grouped(counts.rows_remainder), "**"),
         "", "", ""});
  return Section("Every row accounted for",
                 {"Action", "From → to", "Known by", "Source = target + set aside", "Set aside in",
                  "Proof", "Verified"},
                 rows);
}

std::string Whole(const Report& report) {
  std::vector<Row> rows;
  for (const Action& action : report.actions)
    if (!action.rows_source.has_value() && Begun(action) && action.method != "question")
      rows.push_back(
          {Cell(action.id), action.kind, Way(action), action.state, Cell(ProofWords(action))});
  return Section("Tables that stayed whole", {"Action", "What", "Table", "State", "Proof"}, rows);
}

std::string Timings(const Report& report) {
  std::vector<Row> rows;
  for (const Action* action : SlowestFirst(report))
    rows.push_back({Cell(action->id), action->kind + " " + Code(action->source),
                    Took(*action->seconds), Rate(*action)});
  return Section("Timings", {"Action", "What", "Took", "Rate"}, rows);
}

std::string Said(const std::string& heading, const std::vector<SaidOf>& said) {
  std::vector<Row> rows;
  for (const SaidOf& one : said)
    rows.push_back({Code(one.code), Cell(one.text),
                    one.places.empty() ? "the plan" : Cell(absl::StrJoin(one.places, ", "))});
  return Section(heading, {"What", "In detail", "Where"}, rows);
}

std::string Approvals(const Report& report) {
  std::vector<Row> rows;
  for (const approval::Approval& approval : report.approvals) {
    std::string note = Cell(approval.note);
    if (const auto& revoked = approval.revoked)
      absl::StrAppend(&note, note.empty() ? "" : "<br>", "revoked by ", Cell(revoked->by), " at ",
                      revoked->at, ", ",
                      Cell(Evidence(revoked->session_role, revoked->client_address)),
                      revoked->reason.empty() ? "" : ": " + Cell(revoked->reason));
    rows.push_back({Cell(approval.by),
                    Cell(Evidence(approval.session_role, approval.client_address)),
                    approval.approved_at, ApprovalState(approval, report.run), note});
  }
  return Section("Approvals", {"Name, as declared", "Session", "When", "State", "Note"}, rows);
}

std::string Answers(const Report& report) {
  std::vector<Row> rows;
  for (const report::Question& question : report.questions) {
    if (!question.answer.has_value()) continue;
    const report::Answer& answer = *question.answer;
    rows.push_back({Cell(question.id), Cell(question.text), Code(answer.choice), Cell(answer.by),
                    answer.answered_at.empty()
                        ? "in the plan file"
                        : absl::StrCat(answer.answered_at, ", ",
                                       Cell(Evidence(answer.session_role, answer.client_address))),
                    Cell(answer.reason)});
  }
  return Section("Questions that were answered",
                 {"Action", "Question", "Answer", "By", "When", "Why"}, rows);
}

}  // namespace

std::string ReportMarkdown(const Report& report, const std::string& file) {
  std::string out = Heading(report) + Attention(report) + Accounting(report) + Whole(report) +
                    Said("Hazards that were taken", HazardsTaken(report)) + Approvals(report) +
                    Answers(report) + Timings(report) + Said("Notes", NotesOf(report));
  if (const std::string undo = UndoCommand(report, file); !undo.empty())
    absl::StrAppend(&out, "## The way back\n\n    ", OneLine(undo), " --dry-run\n    ",
                    OneLine(undo), "\n");
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace regraft::cli
