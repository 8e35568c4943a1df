#include "cli/render/html.h"
#include "cli/render/report_html.h"
#include "cli/render/report_json.h"
#include "cli/render/report_markdown.h"
#include "cli/render/report_text.h"
#include "cli/render/report_words.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace regraft::cli {
namespace {

using report::Action;
using report::Report;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Ends of attributes, elements, cells, comments and lines, and a terminal's command, in one name.
constexpr const char* kHostile = "x\" onload='a' </style><script>--> |`*_[\x1b[31m\n# &lt; \xff";

Report Sample() {
  Report report{.plan = "spring",
                .sha256 = std::string(64, 'a'),
                .database = "shop",
                .made_at = "2026-02-06 10:30:00 UTC",
                .run = 3,
                .latest_run = 3};
  report.session_role = "owner";
  report.started_at = "2026-02-06 10:20:00 UTC";
  report.finished_at = "2026-02-06 10:21:04 UTC";
  report.seconds = 64.2;
  Action merge{.id = "M",
               .kind = "merge",
               .method = "copy",
               .source = "app.old",
               .target = "app.orders",
               .discriminator = "origin=old",
               .state = "done"};
  merge.rows_source = 12345;
  merge.rows_target = 12300;
  merge.rows_remainder = 45;
  merge.remainder_table = "app.rest";
  merge.reasons = {{"unique orders_pkey", 40}, {"not-null owner", 5}};
  merge.digest_source = merge.digest_rebuilt = std::string(32, 'd');
  merge.proof = report::Proof::kDigests;
  merge.equal = true;
  merge.seconds = 2.5;
  merge.hazards = {{"hazard", "trigger-fires", "t fires", ""}};
  Action other = merge;
  other.id = "M2";
  other.seconds = 61;
  Action failed{.id = "F",
                .kind = "move",
                .method = "same OID",
                .source = "app.f",
                .target = "b.f",
                .state = "failed",
                .error = "no lock"};
  Action asked{.id = "Q",
               .kind = "pending",
               .method = "question",
               .source = "app.q",
               .state = "blocked",
               .blocked_by = "Q"};
  report.actions = {merge, other, failed, asked};
  report.questions = {
      {.id = "Q", .table = "app.q", .text = "Whose?", .options = {"sales: move it", "stay: keep"}}};
  report.approvals.push_back(
      {.by = "grace", .session_role = "owner", .approved_at = "2026-02-06 10:19:00 UTC"});
  report.counts = {.actions = 4,
                   .done = 2,
                   .failed = 1,
                   .blocked = 1,
                   .proved = 2,
                   .moved = 2,
                   .rows_source = 24690,
                   .rows_target = 24600,
                   .rows_remainder = 90};
  return report;
}

Report Hostile() {
  Report report = Sample();
  for (std::string* text :
       {&report.plan, &report.database, &report.session_role, &report.planner, &report.tool})
    *text = kHostile;
  for (Action& action : report.actions) {
    for (std::string* text :
         {&action.id, &action.source, &action.target, &action.discriminator, &action.reason,
          &action.source_now, &action.remainder_table, &action.error, &action.difference})
      *text = kHostile;
    action.reasons = {{kHostile, 1}};
    action.hazards = action.notes = {{"hazard", kHostile, kHostile, kHostile}};
    action.equal = false;
  }
  report.questions[0] = {.id = kHostile,
                         .table = kHostile,
                         .text = kHostile,
                         .options = {kHostile},
                         .keeps_waiting = {kHostile}};
  report.questions.push_back(report.questions[0]);
  report.questions[1].answer = {kHostile, kHostile, kHostile, "", kHostile, kHostile};
  report.approvals[0].by = report.approvals[0].note = kHostile;
  report.approvals[0].revoked = {"", kHostile, kHostile, kHostile, kHostile};
  report.preparations = {{kHostile, "done", {kHostile}, {}, {}}};
  return report;
}

TEST(ReportWords, DurationsReadAsPeopleSayThem) {
  EXPECT_EQ(Took(0.0004), "1 ms");
  EXPECT_EQ(Took(0.0421), "43 ms");
  EXPECT_EQ(Took(0.2), "0.20 s");
  EXPECT_EQ(Took(9.999), "10.0 s");
  EXPECT_EQ(Took(59.97), "1 min 0 s");
  EXPECT_EQ(Took(125), "2 min 5 s");
  EXPECT_EQ(Took(3 * 3600 + 240), "3 h 4 min");
}

TEST(ReportWords, TheVerdictNamesTheWorstFirst) {
  Report report = Sample();
  EXPECT_EQ(VerdictOf(report).word, "FAILED");
  report.counts.different = 1;
  EXPECT_EQ(VerdictOf(report).word, "DIFFERENT");
  EXPECT_EQ(VerdictOf(report).proof, "");
  report.counts = {.actions = 4, .blocked = 1, .undone = 3};
  EXPECT_EQ(VerdictOf(report).word, "UNDONE");
  report.counts = {.actions = 4, .done = 3, .blocked = 1};
  EXPECT_EQ(VerdictOf(report).word, "DONE");
  report.counts = {.actions = 4, .done = 3, .waiting = 1};
  EXPECT_EQ(VerdictOf(report).word, "UNFINISHED");
  report.counts = {.actions = 4, .done = 2, .undone = 2};
  EXPECT_EQ(VerdictOf(report).word, "PARTLY UNDONE");
  report.counts = {.actions = 4, .waiting = 4};
  EXPECT_EQ(VerdictOf(report).word, "UNFINISHED");
}

TEST(ReportWords, TheSameHazardOfManyActionsIsSaidOnce) {
  const auto said = HazardsTaken(Sample());
  ASSERT_EQ(said.size(), 1u);
  EXPECT_THAT(said[0].places, ::testing::ElementsAre("M", "M2"));
}

TEST(ReportText, SaysHowItEndedThenWhatWaits) {
  const std::string text = ReportText(Sample(), "my plan.json");
  EXPECT_THAT(text, StartsWith("FAILED:     2 of 4 actions are done; 1 failed, 1 waits for a "
                               "decision.\n            24,690 rows of 2 sources = 24,600 in their "
                               "targets + 90 set aside."));
  for (const char* part :
       {"F         failed, move app.f -> b.f: no lock\n", "Q         app.q: Whose?\n",
        "--choose sales|stay", "12,345 = 12,300 + 45; digests equal",
        "set aside in app.rest: 40 unique orders_pkey, 5 not-null owner\n", "1 min 1 s M2: merge",
        "regraft undo 'my plan.json'"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(ReportText, NoNameReachesTheTerminalAsAControlCharacter) {
  const std::string text = ReportText(Hostile(), kHostile);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(ReportMarkdown(Hostile(), kHostile), Not(HasSubstr("\x1b")));
}

TEST(ReportMarkdown, EveryRowOfATableHasAsManyCellsAsItsHead) {
  for (const Report& report : {Sample(), Hostile()}) {
    std::istringstream lines(ReportMarkdown(report, "s.json"));
    size_t cells = 0;
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(line, Not(HasSubstr("<script")));
      size_t bars = 0;
      for (size_t at = 0; at < line.size(); ++at)
        if (line[at] == '|' && (at == 0 || line[at - 1] != '\\')) ++bars;
      if (line.empty() || line[0] != '|') bars = cells = 0;
      if (cells == 0) cells = bars;
      EXPECT_EQ(bars, cells) << line;
    }
  }
}

// Every tag that opens is closed, in order, and every attribute is one of the page's own.
void ExpectWellFormed(const std::string& html) {
  static const std::regex kTag(R"re(<(/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>)re");
  static const std::set<std::string> kVoid = {"meta", "br", "wbr"};
  static const std::set<std::string> kKnown = {
      "html",    "head",   "title",   "style",   "body",  "header", "main",  "nav",
      "section", "footer", "h1",      "h2",      "h3",    "p",      "div",   "span",
      "b",       "i",      "dl",      "dt",      "dd",    "ul",     "li",    "a",
      "code",    "pre",    "table",   "caption", "thead", "tbody",  "tfoot", "tr",
      "th",      "td",     "article", "meta",    "br",    "wbr"};
  std::vector<std::string> open;
  size_t tags = 0;
  for (std::sregex_iterator tag(html.begin(), html.end(), kTag), end; tag != end; ++tag, ++tags) {
    const std::string name = (*tag)[2];
    EXPECT_TRUE(kKnown.contains(name)) << name;
    if (kVoid.contains(name)) continue;
    if ((*tag)[1].length() == 0) {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      EXPECT_EQ(open.back(), name);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
  const auto brackets = static_cast<size_t>(std::count(html.begin(), html.end(), '<'));
  EXPECT_EQ(tags + 1, brackets) << "every < begins a tag, but for the DOCTYPE's";
}

TEST(ReportHtml, IsWellFormedWhateverTheNamesAre) {
  for (const Report& report : {Sample(), Hostile(), Report{}})
    ExpectWellFormed(ReportHtml(report, kHostile));
}

TEST(ReportHtml, AsksForNothingOutside) {
  const std::string html = ReportHtml(Hostile(), "s.json");
  for (const char* part : {"://", "src=", "url(", "@import", "<script", "<link", "onload='"})
    EXPECT_THAT(html, Not(HasSubstr(part)));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
}

TEST(ReportHtml, EveryLinkHasItsAnchor) {
  const std::string html = ReportHtml(Sample(), "s.json");
  static const std::regex kLink("href=\"#([^\"]+)\"");
  int links = 0;
  for (std::sregex_iterator link(html.begin(), html.end(), kLink), end; link != end;
       ++link, ++links)
    EXPECT_THAT(html, HasSubstr("id=\"" + (*link)[1].str() + "\""));
  EXPECT_GT(links, 10);
}

TEST(ReportHtml, AnchorsOfUnlikeIdsDiffer) {
  EXPECT_EQ(html::Anchor("1B-3"), "action-1B-3");
  EXPECT_NE(html::Anchor("a b"), html::Anchor("a_b"));
  EXPECT_NE(html::Anchor("a.20b"), html::Anchor("a b"));
}

TEST(ReportJson, HoldsAnyBytes) {
  const auto document = ReportJson(Hostile());
  EXPECT_FALSE(
      document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).empty());
  EXPECT_TRUE(document["actions"][2]["rows_source"].is_null());
}

TEST(InventoryCsv, NoFieldBeginsAFormula) {
  report::InventoryColumn column;
  column.table = "app.t";
  column.column = "=x";
  column.type = "@t";
  column.actions = {"-1"};
  column.discriminators = {"=x=1"};
  column.overflow_keys = {"=k", "a\"b"};
  const std::string csv = InventoryCsv({column});
  EXPECT_THAT(csv, HasSubstr("app.t,,,'-1,\"\"\"=x\"\"\",0,'@t,false,,,same,,,'=x=1,"
                             "\"[\"\"=k\"\",\"\"a\\\"\"b\"\"]\"\r\n"));
}

}  // namespace
}  // namespace regraft::cli
