#include "cli/render/html.h"
#include "cli/render/report_html_parts.h"
#include "cli/render/report_words.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"

namespace regraft::cli::html {
namespace {

using report::Action;
using report::Report;

std::string Title(const Action& action) {
  return absl::StrCat(Escape(action.id), " ", State(action.state, action.state));
}

std::string Trouble(const Action& action) {
  const std::string why = WhyNot(action);
  if (action.equal != false && (why.empty() || action.state == "blocked")) return "";
  std::string out =
      absl::StrCat("<article>\n<h3>", Link(action.id), " ", State(action.state, action.state),
                   "</h3>\n<p>", Escape(action.kind), " ", WayOf(action), "</p>\n");
  if (action.equal == false) absl::StrAppend(&out, "<p>", ProofState(action), "</p>\n");
  if (!why.empty()) absl::StrAppend(&out, "<p>", Escape(why), "</p>\n");
  return out + "</article>\n";
}

std::string Open(const report::Question& question) {
  std::string out =
      absl::StrCat("<article>\n<h3>", Link(question.id), " ", State("undecided", "waiting"), " ",
                   Escape(question.text), "</h3>\n<p>", Name(question.table),
                   " stays as it is until somebody decides.");
  if (!question.keeps_waiting.empty())
    absl::StrAppend(&out, " Waiting for it: ", Links(question.keeps_waiting), ".");
  out += "</p>\n<ul class=\"plain\">\n";
  for (const std::string& option : question.options)
    absl::StrAppend(&out, "<li>", Escape(option), "</li>\n");
  return absl::StrCat(out, "</ul>\n<pre><code>", Escape(DecideCommand(question)),
                      "</code></pre>\n</article>\n");
}

std::string Said(const char* what, const std::vector<saved_plan::Finding>& findings) {
  std::string out;
  for (const saved_plan::Finding& finding : findings)
    absl::StrAppend(&out, "<p><span class=\"soft\">", what, "</span> ", Name(finding.code), " ",
                    Escape(finding.text), "</p>\n");
  return out;
}

// Where a table is now, if that is not what its name says.
std::string Now(const std::string& name, const std::string& now, uint32_t oid) {
  if (oid == 0 || name == now) return "";
  return now.empty() ? "gone" : Name(now);
}

std::string Digests(const Action& action) {
  if (action.digest_source.empty()) return "";
  if (action.digest_source == action.digest_rebuilt)
    return Name(action.digest_source) + " as read, and as rebuilt";
  return absl::StrCat(Name(action.digest_source), " as read, ",
                      action.digest_rebuilt.empty() ? "not rebuilt" : Name(action.digest_rebuilt),
                      action.digest_rebuilt.empty() ? "" : " as rebuilt");
}

std::string Files(const Action& action) {
  if (action.files_after.empty()) return "";
  return absl::StrCat(Name(action.files_after), " before and after, ",
                      Counted(action.rows_written.value_or(0), "row", "rows"), " written");
}

std::string Proved(const Action& action) {
  if (action.equal == std::nullopt) return "";
  return absl::StrCat(
      ProofState(action), " at ", Escape(action.verified_at),
      action.verifications == 0
          ? ""
          : absl::StrCat(", proved again ", Counted(action.verifications, "time", "times")));
}

std::string Article(const Action& action) {
  const std::string took = action.seconds.has_value() ? Took(*action.seconds) : "";
  const std::string aside =
      action.rows_remainder.value_or(0) == 0
          ? ""
          : absl::StrCat(Name(action.remainder_table), ": ", Escape(ReasonWords(action)));
  return absl::StrCat(
      "<article id=\"", Anchor(action.id), "\">\n<h3>", Title(action), "</h3>\n<p>",
      Escape(action.kind), " ", WayOf(action), "</p>\n",
      action.reason.empty() ? ""
                            : absl::StrCat("<p class=\"soft\">", Escape(action.reason), "</p>\n"),
      Facts(
          {{"Rows", Equation(action)},
           {"Set aside", aside},
           {"Proof", Proved(action)},
           {"Digest", Digests(action)},
           {"Source's file", Files(action)},
           {"Source is now", Now(action.source, action.source_now, action.source_oid)},
           {"Target is now", Now(action.target, action.target_now, action.target_oid)},
           {"When", absl::StrCat(Escape(action.started_at), took.empty() ? "" : ", took " + took)},
           {"Undone", Escape(action.undone_at)},
           {"Statements",
            action.statements == 0 ? "" : Grouped(action.statements) + " besides the rows"},
           {"Why not", Escape(WhyNot(action))}}),
      Said("Hazard", action.hazards), Said("Note", action.notes), "</article>\n");
}

std::string Prepared(const report::Preparation& preparation) {
  std::string out =
      absl::StrCat("<article id=\"", Anchor(preparation.table), "\">\n<h3>",
                   Name(preparation.table), " ", State(preparation.state, preparation.state),
                   "</h3>\n<p class=\"soft\">Prepared as a target, before its first "
                   "row</p>\n<ul class=\"plain\">\n");
  for (const std::string& statement : preparation.statements)
    absl::StrAppend(&out, "<li>", Name(statement), "</li>\n");
  return absl::StrCat(out, "</ul>\n", Said("Hazard", preparation.hazards),
                      Said("Note", preparation.notes), "</article>\n");
}

}  // namespace

std::string AttentionSection(const Report& report) {
  std::string body;
  for (const Action& action : report.actions) body += Trouble(action);
  for (const report::Question& question : report.questions)
    if (!question.answer.has_value()) body += Open(question);
  return Render({"attention", "What waits for somebody", ""}, body);
}

std::string ActionSection(const Report& report) {
  std::string body;
  for (const report::Preparation& preparation : report.preparations) body += Prepared(preparation);
  for (const Action& action : report.actions) body += Article(action);
  return Render({"actions", "Every action", "In the order of execution."}, body);
}

}  // namespace regraft::cli::html
