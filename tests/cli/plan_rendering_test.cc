#include "cli/render/plan_markdown.h"
#include "cli/render/plan_sql.h"
#include "cli/render/plan_text.h"
#include "tests/saved_plan/sample_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <sstream>
#include <string>

namespace regraft::cli {
namespace {

using saved_plan::SamplePlan;
using saved_plan::SavedPlan;
using ::testing::HasSubstr;
using ::testing::Not;

// A control character, a comment's end, a cell's end and a format in one name.
constexpr const char* kHostile = "app.\"x\n; DROP TABLE y; -- |`*_<b>\x1b[31m\"";

SavedPlan Hostile() {
  SavedPlan plan = SamplePlan();
  plan.name = plan.database = plan.planner = kHostile;
  plan.preparations[0].table = kHostile;
  for (auto& action : plan.actions) action.id = action.source = action.target = kHostile;
  plan.actions[1].state = "refused";
  plan.actions[1].forward = kHostile;
  plan.actions[1].statements = {{kHostile, kHostile, kHostile}};
  plan.actions[1].findings[0].text = kHostile;
  plan.actions[2].options = {kHostile};
  return plan;
}

TEST(PlanText, SaysOfAMergeWhatItDoes) {
  EXPECT_THAT(PlanText(SamplePlan(), false), HasSubstr(R"(
2: merge app.old -> app.orders (origin=old): ready
  why        one table of orders
  rows       2,310 rows, 412 kB; expected 2,310; copy
  after      1: it frees the name app.spare
  columns    1 column keeps name and type
             note text -> payload jsonb (overflow)
             at timestamp -> at timestamptz (zone)
  filled     origin text = 'old'
  inverse    SELECT s.id, s.payload->>'note' AS note FROM app.orders s
             proved on every row present
  remainder  3 rows: unique orders_pkey, such as id=7
             set aside in archive.old_remainder
  kept       primary key old_pkey, 2 indexes
  used by    tracked: view app.recent: goes on reading the archive
             textual: function app.total(): breaks: reads app.old
  locks      app.old SHARE, until verified
  source     archive.app_old
  HAZARD     trigger-fires: trigger stamp of app.orders fires for 2,310 rows
             cure: allow: [trigger-fires]
)"));
}

TEST(PlanText, SaysWhatIsPreparedMovedAndAsked) {
  const std::string text = PlanText(SamplePlan(), false);
  EXPECT_THAT(text, HasSubstr(R"(
prepare app.orders
  runs       ALTER TABLE app.orders ADD COLUMN origin text -- the discriminator

1: move app.spare -> old.spare: ready
  rows       1,400,123 rows, 210 MB; same OID
  runs       ALTER TABLE app.spare SET SCHEMA old
)"));
  EXPECT_THAT(text, HasSubstr(R"(
pending app.urls: blocked by its question
  why        Who owns the URLs?
  rows       1 row, 8192 bytes; digest 00000000000000000000000000000007; question
  options    sales: move to sales.urls
             stay: keep
)"));
}

TEST(PlanText, SumsUpStatesRowsAndFindings) {
  SavedPlan plan = SamplePlan();
  plan.sha256 = "ab";
  EXPECT_THAT(PlanText(plan, false), HasSubstr(R"(
summary   3 actions: 1 move, 1 merge, 1 pending
          2 ready, 1 blocked, 0 refused; 2,310 rows, 412 kB copied; 1,400,124 rows, 210 MB stay
          where they are
          0 refusals; 1 hazard (trigger-fires 1: 2); 0 notes
SHA-256   ab
)"));
}

TEST(PlanText, ShowsEveryColumnAndStatementWhenAskedTo) {
  const std::string text = PlanText(SamplePlan(), true);
  EXPECT_THAT(text, HasSubstr("columns    id, back by s.id\n"));
  EXPECT_THAT(text, HasSubstr("  forward    SELECT s.id, s.at FROM app.old s\n"));
  EXPECT_THAT(text, HasSubstr("             undo: ALTER TABLE old.spare SET SCHEMA app\n"));
}

TEST(PlanText, KeepsToTheWidthAndShortensALongInverse) {
  SavedPlan plan = SamplePlan();
  for (int column = 0; column < 60; ++column)
    plan.actions[1].inverse += ", s.c" + std::to_string(column);
  for (const bool verbose : {false, true}) {
    std::istringstream lines(PlanText(plan, verbose));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
  EXPECT_THAT(PlanText(plan, false), HasSubstr("…\n"));
  EXPECT_THAT(PlanText(plan, true), HasSubstr("s.c59\n"));
}

TEST(PlanText, NoNameReachesTheTerminalAsAControlCharacter) {
  EXPECT_THAT(PlanText(Hostile(), true), Not(HasSubstr("\x1b")));
}

TEST(NextCommand, IsTheApprovalAndTheOpenQuestions) {
  SavedPlan plan = SamplePlan();
  EXPECT_EQ(NextCommand(plan, {.plan = "p.yaml", .saved = "s.json"}),
            "undecided regraft decide p.yaml 'pending app.urls' --choose sales|stay --reason WHY\n"
            "next      regraft approve s.json --by NAME (1 person must approve; an approval holds "
            "7 days)\n");
  plan.answers = {{"pending app.urls", "stay", "ada", "why not"}};
  plan.approvals_required = 2;
  plan.not_by_planner = true;
  EXPECT_EQ(NextCommand(plan, {}),
            "next      regraft approve saved.json --by NAME (2 people, but not ada, must approve; "
            "an approval\n          holds 7 days)\n");
  EXPECT_THAT(NextCommand(plan, {.plan = "p.yaml", .saved = ""}),
              HasSubstr("regraft plan p.yaml -o saved.json"));
}

TEST(NextCommand, OfARefusedPlanIsToCureIt) {
  SavedPlan plan = SamplePlan();
  plan.findings = {{"refusal", "todo", "column?", "say which"}};
  EXPECT_EQ(NextCommand(plan, {.plan = "p.yaml", .saved = ""}),
            "next      cure the 1 refusal above, then: regraft plan p.yaml -o saved.json\n");
}

TEST(PlanMarkdown, HasTheSummaryTheSectionsAndTheQuestions) {
  const std::string text = PlanMarkdown(SamplePlan());
  for (const char* part :
       {"# spring\n\n**Status**: PENDING APPROVAL, 1 question undecided\n",
        "| MERGE | 1 | 1 | 2,310 | rows copied into the target, the source kept aside |\n",
        "| **TOTAL** | **3** | **2** | **1,402,434** | 1 blocked, 0 refused |\n",
        "| 2 | `app.old` | 2,310 | 412 kB | `app.orders` | `origin=old`; 3 rows set aside; inverse "
        "proved | READY |\n",
        "| pending app.urls | `app.urls` | 1 | Who owns the URLs? | sales: move to "
        "sales.urls<br>stay: keep | undecided |\n",
        "2. 2: MERGE `app.old`; after 1 (it frees the name app.spare)\n"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(PlanMarkdown, EveryRowOfATableHasAsManyCellsAsItsHead) {
  std::istringstream lines(PlanMarkdown(Hostile()));
  size_t cells = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    size_t bars = 0;
    for (size_t at = 0; at < line.size(); ++at)
      if (line[at] == '|' && (at == 0 || line[at - 1] != '\\')) ++bars;
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
}

TEST(PlanSql, RunsWhatIsReadyAndCommentsTheRest) {
  EXPECT_THAT(PlanSql(SamplePlan()), HasSubstr(R"(
-- prepare app.orders
-- the discriminator
ALTER TABLE app.orders ADD COLUMN origin text;
-- undo: ALTER TABLE app.orders DROP COLUMN origin;

-- 1: move app.spare -> old.spare; 1,400,123 rows, 210 MB; ready
ALTER TABLE app.spare SET SCHEMA old;
-- undo: ALTER TABLE old.spare SET SCHEMA app;

-- 2: merge app.old -> app.orders; 2,310 rows, 412 kB; ready
-- hazard trigger-fires: trigger stamp of app.orders fires for 2,310 rows
-- Rows go by binary COPY and are verified; the same, by name of column, INSERT INTO app.orders:
--   SELECT s.id, s.at
--   FROM app.old s;
-- and rebuilt by:
--   SELECT s.id, s.payload->>'note' AS note
--   FROM app.orders s;

-- pending app.urls; 1 row, 8192 bytes; blocked by its question
)"));
}

TEST(PlanSql, NoNameLeavesItsComment) {
  std::istringstream lines(PlanSql(Hostile()));
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(line.empty() || line.starts_with("-- ") || line.starts_with("ALTER TABLE")) << line;
}

}  // namespace
}  // namespace regraft::cli
