#include "cli/render/report_html.h"

#include "cli/render/html.h"
#include "cli/render/report_html_parts.h"
#include "cli/render/report_words.h"
#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <vector>

namespace regraft::cli {
namespace html {

std::string Render(const Section& section, const std::string& body) {
  if (body.empty()) return "";
  return absl::StrCat(
      "<section id=\"", section.id, "\">\n<h2>", Escape(section.heading), "</h2>\n",
      section.about.empty() ? "" : absl::StrCat("<p class=\"soft\">", section.about, "</p>\n"),
      body, "</section>\n");
}

std::string State(std::string_view word, std::string_view style) {
  return absl::StrCat("<span class=\"state ", Escape(style), "\">", Escape(word), "</span>");
}

std::string Link(std::string_view action) {
  return absl::StrCat("<a href=\"#", Anchor(action), "\">", Escape(action), "</a>");
}

std::string Links(const std::vector<std::string>& actions) {
  return absl::StrJoin(actions, ", ", [](std::string* out, const std::string& action) {
    out->append(Link(action));
  });
}

std::string Facts(const std::vector<Fact>& facts) {
  std::string out = "<dl>\n";
  for (const Fact& fact : facts)
    if (!fact.html.empty())
      absl::StrAppend(&out, "<dt>", fact.name, "</dt><dd>", fact.html, "</dd>\n");
  return out + "</dl>\n";
}

std::string ProofState(const report::Action& action) {
  const std::string words = ProofWords(action);
  if (action.equal == false) return State("different", "different") + " " + Escape(words);
  return action.equal == true ? State(words, "equal") : State(words, "");
}

std::string WayOf(const report::Action& action) {
  const std::string to = WhereTo(action);
  std::string out = Name(action.source);
  if (!to.empty()) absl::StrAppend(&out, " → ", Name(to));
  if (!action.discriminator.empty())
    absl::StrAppend(&out, "<br><span class=\"soft\">known by ", Name(action.discriminator),
                    "</span>");
  return out;
}

}  // namespace html

namespace {

using namespace html;
using report::Counts;
using report::Report;

// Widths in per cent; what is there at all is to be seen.
std::string Bar(int64_t target, int64_t remainder) {
  if (target + remainder == 0) return "";
  const double share =
      100.0 * static_cast<double>(remainder) / static_cast<double>(target + remainder);
  const double aside = remainder == 0 ? 0 : std::max(share, 0.6);
  return absl::StrFormat(
      "<div class=\"bar\" role=\"img\" aria-label=\"%.1f %% set aside\"><span "
      "style=\"width:%.2f%%\"></span><span style=\"width:%.2f%%\"></span></div>\n",
      share, 100 - aside, aside);
}

std::string Number(int64_t number, std::string_view words) {
  return absl::StrCat("<div><b>", Grouped(number), "</b><span>", std::string(words),
                      "</span></div>");
}

std::string EquationBlock(const Counts& counts, const std::string& proof) {
  if (counts.moved == 0) return "";
  return absl::StrCat("<div class=\"equation\">",
                      Number(counts.rows_source,
                             absl::StrCat("rows of ", Counted(counts.moved, "source", "sources"))),
                      "<i>=</i>", Number(counts.rows_target, "in their targets"), "<i>+</i>",
                      Number(counts.rows_remainder, "set aside, with the reason"), "</div>\n",
                      Bar(counts.rows_target, counts.rows_remainder),
                      proof.empty() ? "" : absl::StrCat("<p>", Escape(proof), "</p>\n"));
}

std::string RunFacts(const Report& report) {
  const bool ended = report.seconds.has_value();
  std::string run = absl::StrCat(report.run, " in database ", Name(report.database),
                                 ", begun by role ", Name(report.session_role));
  if (report.latest_run > report.run)
    absl::StrAppend(&run, "; not the plan’s latest, which is run ", report.latest_run);
  return Facts(
      {{"Plan", Name(report.sha256)},
       {"Run", run},
       {"When",
        absl::StrCat(Escape(report.started_at), ended ? " to " + Escape(report.finished_at) : "",
                     ended ? ", " + Took(*report.seconds) : "")},
       {"Undone", Escape(report.undone_at)},
       {"Actions", Escape(StateWords(report.counts))},
       {"Planned", absl::StrCat("by ", Escape(report.planner), " with ", Escape(report.tool))}});
}

std::string Header(const Report& report) {
  const Verdict verdict = VerdictOf(report);
  return absl::StrCat("<header>\n<p class=\"kicker\">Report of a reorganisation</p>\n<h1>",
                      Escape(report.plan.empty() ? "Plan without a name" : report.plan),
                      "</h1>\n<div class=\"verdict ", verdict.state, "\">\n<p>",
                      State(verdict.word, verdict.state), " ", Escape(verdict.actions), "</p>\n",
                      EquationBlock(report.counts, verdict.proof), RunFacts(report),
                      "</div>\n</header>\n");
}

std::string UndoSection(const Report& report, const std::string& file) {
  const std::string command = UndoCommand(report, file);
  if (command.empty()) return "";
  return Render({"undo", "The way back", ""},
                absl::StrCat("<p>What was done can be taken back, rows, names and structure:</p>\n"
                             "<pre><code>",
                             Escape(command), " --dry-run   # shows how\n", Escape(command),
                             "</code></pre>\n"));
}

struct Part {
  const char* id;
  const char* name;
  std::string html;
};

std::string Navigation(const std::vector<Part>& parts) {
  std::string out = "<nav aria-label=\"Sections\"><ul>\n";
  for (const Part& part : parts)
    if (!part.html.empty())
      absl::StrAppend(&out, "<li><a href=\"#", part.id, "\">", part.name, "</a></li>\n");
  return out + "</ul></nav>\n";
}

}  // namespace

std::string ReportHtml(const Report& report, const std::string& file) {
  const std::vector<Part> parts = {{"attention", "What waits", AttentionSection(report)},
                                   {"accounting", "Rows", AccountingSection(report)},
                                   {"whole", "Whole tables", WholeSection(report)},
                                   {"hazards", "Hazards", HazardSection(report)},
                                   {"approvals", "Approvals", ApprovalSection(report)},
                                   {"answers", "Answers", AnswerSection(report)},
                                   {"undo", "The way back", UndoSection(report, file)},
                                   {"timings", "Timings", TimingSection(report)},
                                   {"notes", "Notes", NoteSection(report)},
                                   {"actions", "Every action", ActionSection(report)}};
  std::string out = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>",
      VerdictOf(report).word, ": ", Escape(report.plan.empty() ? "plan" : report.plan), ", run ",
      report.run, "</title>\n<style>", std::string(kReportStyle), "</style>\n</head>\n<body>\n",
      Header(report), "<main>\n", Navigation(parts));
  for (const Part& part : parts) out += part.html;
  absl::StrAppend(&out, "</main>\n<footer><p>Read from the ledger of database ",
                  Name(report.database), " at ", Escape(report.made_at),
                  ". Times are the server’s.</p></footer>\n</body>\n</html>\n");
  return out;
}

}  // namespace regraft::cli
