#include "cli/render/report_text.h"

#include "cli/render/approval_text.h"
#include "cli/render/report_words.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace regraft::cli {
namespace {

using report::Action;
using report::Report;

constexpr Margin kFacts{.indent = 0, .label_width = 12};
constexpr Margin kList{.indent = 2, .label_width = 10};
constexpr size_t kSlowestShown = 10;

std::string Section(const std::string& heading, const std::string& body) {
  return body.empty() ? "" : absl::StrCat("\n", heading, "\n", body);
}

std::string Work(const Action& action) {
  const std::string to = WhereTo(action);
  return absl::StrCat(action.kind, " ", action.source, to.empty() ? "" : " -> " + to);
}

// An id that says kind and source need not stand beside them.
std::string Item(const Action& action, const std::string& text) {
  const bool same = action.id == absl::StrCat(action.kind, " ", action.source);
  return Wrapped(kList, same ? "-" : OneLine(action.id), text);
}

std::string Heading(const Report& report) {
  const Verdict verdict = VerdictOf(report);
  std::string out = Wrapped(kFacts, verdict.word + ":", verdict.actions);
  if (!verdict.rows.empty()) out += Wrapped(kFacts, "", verdict.rows + " " + verdict.proof);
  out += Wrapped(kFacts, "plan",
                 absl::StrCat(report.plan.empty() ? "without a name" : report.plan, ", SHA-256 ",
                              report.sha256));
  out += Wrapped(
      kFacts, "run",
      absl::StrCat(report.run, " in database ", report.database, ", begun by role ",
                   report.session_role,
                   report.latest_run > report.run
                       ? absl::StrCat("; not the plan's latest, which is run ", report.latest_run)
                       : ""));
  out += Wrapped(
      kFacts, "time",
      absl::StrCat(report.started_at, report.seconds.has_value() ? " to " + report.finished_at : "",
                   report.seconds.has_value() ? ", " + Took(*report.seconds) : ""));
  return out + Wrapped(kFacts, "actions", StateWords(report.counts));
}

std::string Attention(const Report& report) {
  std::string out;
  for (const Action& action : report.actions) {
    if (action.equal == false)
      out += Item(action, absl::StrCat(Work(action), ": ", ProofWords(action)));
    if (const std::string why = WhyNot(action); !why.empty() && action.state != "blocked")
      out += Item(action, absl::StrCat(action.state, ", ", Work(action), ": ", why));
  }
  for (const report::Question& question : report.questions) {
    if (question.answer.has_value()) continue;
    out += Wrapped(
        kList, OneLine(question.id),
        absl::StrCat(question.table, ": ", question.text,
                     question.keeps_waiting.empty()
                         ? ""
                         : "; waiting for it: " + absl::StrJoin(question.keeps_waiting, ", ")));
    for (const std::string& option : question.options) out += Wrapped(kList, "", "- " + option);
    out += Wrapped(kList, "", "next: " + DecideCommand(question));
  }
  return out;
}

std::string MovedRows(const Report& report) {
  std::string out;
  for (const Action& action : report.actions) {
    if (!action.rows_source.has_value()) continue;
    out +=
        Item(action, absl::StrCat(Work(action),
                                  action.discriminator.empty() ? "" : ", " + action.discriminator));
    out += Wrapped(kList, "",
                   absl::StrCat(Equation(action), "; ", ProofWords(action),
                                action.verified_at.empty() ? "" : " at " + action.verified_at));
    if (action.rows_remainder.value_or(0) > 0)
      out +=
          Wrapped(kList, "",
                  absl::StrCat("set aside in ", action.remainder_table, ": ", ReasonWords(action)));
  }
  if (out.empty()) return "";
  const report::Counts& counts = report.counts;
  return out + Wrapped(kList, "sum",
                       absl::StrCat(Grouped(counts.rows_source), " = ", Grouped(counts.rows_target),
                                    " + ", Grouped(counts.rows_remainder), " set aside"));
}

std::string WholeTables(const Report& report) {
  std::string out;
  for (const Action& action : report.actions)
    if (!action.rows_source.has_value() && Begun(action) && action.method != "question")
      out += Item(action, absl::StrCat(Work(action), ": ", action.state,
                                       action.state == "done" ? ", " + ProofWords(action) : ""));
  return out;
}

std::string Timings(const Report& report) {
  std::string out;
  const auto slowest = SlowestFirst(report);
  for (size_t i = 0; i < slowest.size() && i < kSlowestShown; ++i) {
    const std::string rate = Rate(*slowest[i]);
    out += Wrapped(
        kList, Took(*slowest[i]->seconds),
        absl::StrCat(slowest[i]->id, ": ", Work(*slowest[i]), rate.empty() ? "" : ", " + rate));
  }
  return out;
}

std::string SaidLines(const std::vector<SaidOf>& said) {
  std::string out;
  for (const SaidOf& one : said) {
    out += Wrapped(kList, "", absl::StrCat(one.code, ": ", one.text));
    if (!one.places.empty()) out += Wrapped(kList, "", "  at " + absl::StrJoin(one.places, ", "));
  }
  return out;
}

std::string Approvals(const Report& report) {
  std::string out;
  for (const approval::Approval& approval : report.approvals) {
    out += Wrapped(kList, "",
                   absl::StrCat(approval.by, " at ", approval.approved_at, ", ",
                                Evidence(approval.session_role, approval.client_address), ": ",
                                ApprovalState(approval, report.run),
                                approval.note.empty() ? "" : "; " + approval.note));
    if (const auto& revoked = approval.revoked)
      out += Wrapped(kList, "",
                     absl::StrCat("  revoked by ", revoked->by, " at ", revoked->at, ", ",
                                  Evidence(revoked->session_role, revoked->client_address),
                                  revoked->reason.empty() ? "" : ": " + revoked->reason));
  }
  return out;
}

std::string Answers(const Report& report) {
  std::string out;
  for (const report::Question& question : report.questions) {
    if (!question.answer.has_value()) continue;
    const report::Answer& answer = *question.answer;
    out += Wrapped(
        kList, OneLine(question.id),
        absl::StrCat(question.text, " ", answer.choice, ", by ", answer.by,
                     answer.answered_at.empty()
                         ? " in the plan file"
                         : absl::StrCat(" at ", answer.answered_at, ", ",
                                        Evidence(answer.session_role, answer.client_address)),
                     ": ", answer.reason));
  }
  return out;
}

}  // namespace

std::string ReportText(const Report& report, const std::string& file) {
  std::string out = Heading(report);
  out += Section("What waits for somebody", Attention(report));
  out += Section("Rows: source = target + set aside", MovedRows(report));
  out += Section("Tables that stayed whole", WholeTables(report));
  out += Section("Slowest", Timings(report));
  out += Section("Hazards that were taken", SaidLines(HazardsTaken(report)));
  out += Section("Notes", SaidLines(NotesOf(report)));
  out += Section("Approvals", Approvals(report));
  out += Section("Answers", Answers(report));
  if (const std::string undo = UndoCommand(report, file); !undo.empty())
    out += "\n" + Wrapped(kFacts, "undo", absl::StrCat(undo, "; with --dry-run it only says how"));
  return out;
}

}  // namespace regraft::cli
