// The worked example's plan, compared with what its document says.
#include "engine/plan/read_plan.h"
#include "tests/support/paths.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace regraft::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << path;
  return text.str();
}

Plan ReadExample() {
  const std::string path = support::TestData() + "/../docs/examples/ctb/plan.yaml";
  auto plan = ReadPlan(ReadFile(path), "plan.yaml");
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : Plan{};
}

bool MovesRows(const Action& action) { return action.merge.has_value() || action.fold.has_value(); }

TEST(CtbPlan, HasTheFiftySixActionsOfTheDocument) {
  std::map<std::string, int> kinds;
  for (const Action& action : ReadExample().actions) ++kinds[std::string(KindWord(action.kind))];
  EXPECT_THAT(kinds, ElementsAre(Pair("add_pk", 2), Pair("archive", 12), Pair("keep_as_mv", 4),
                                 Pair("merge", 24), Pair("merge_cols", 2), Pair("merge_jsonb", 3),
                                 Pair("move", 6), Pair("pending", 3)));
}

TEST(CtbPlan, NumbersItsActionsByPhaseAndRow) {
  const std::map<std::string, int> rows = {{"1A", 4}, {"1B", 5}, {"1C", 5},  {"1D", 10},
                                           {"1E", 2}, {"1F", 3}, {"1G", 12}, {"1H", 2},
                                           {"1I", 6}, {"1J", 2}, {"1K", 2},  {"1L", 3}};
  std::vector<std::string> expected, ids;
  for (const auto& [phase, last] : rows)
    for (int row = 1; row <= last; ++row) expected.push_back(phase + "-" + std::to_string(row));
  for (const Action& action : ReadExample().actions) ids.push_back(action.id);
  EXPECT_EQ(ids, expected);
}

TEST(CtbPlan, AcknowledgesThatTheDocumentsOwnTotalsDisagree) {
  const Plan plan = ReadExample();
  ASSERT_TRUE(plan.reconciliation.has_value());
  EXPECT_EQ(plan.reconciliation->declared, 64);
  EXPECT_EQ(plan.reconciliation->itemised, static_cast<int64_t>(plan.actions.size()));
  EXPECT_FALSE(plan.reconciliation->acknowledged.empty());
  EXPECT_TRUE(plan.approvals.not_by_planner);
}

TEST(CtbPlan, LeavesNothingToDo) {
  for (const Action& action : ReadExample().actions)
    EXPECT_THAT(action.todo, IsEmpty()) << action.id;
}

// Without a value of its own a merge could neither be verified later nor undone.
TEST(CtbPlan, GivesEveryMergeIntoATableItsOwnDiscriminator) {
  std::map<std::string, std::string> taken;
  for (const Action& action : ReadExample().actions) {
    if (!action.merge.has_value()) continue;
    ASSERT_EQ(action.merge->mapping.constants.size(), 1u) << action.id;
    const auto [other, is_new] = taken.emplace(
        pg::DisplayName(*action.target) + " " + DiscriminatorWords(action.merge->mapping),
        action.id);
    EXPECT_TRUE(is_new) << action.id << " and " << other->second;
  }
  EXPECT_EQ(taken.size(), 24u);
}

TEST(CtbPlan, KeepsEverySourceColumnInAnOverflowColumnAtLeast) {
  for (const Action& action : ReadExample().actions)
    if (action.merge.has_value()) EXPECT_FALSE(action.merge->mapping.overflow.empty()) << action.id;
}

TEST(CtbPlan, ExpectsTheDocumentsRowCounts) {
  std::map<std::string, int64_t> rows;
  for (const Action& action : ReadExample().actions)
    if (action.expected.has_value()) rows[action.id] = action.expected->rows;
  EXPECT_EQ(rows["1A-1"], 74641);
  EXPECT_EQ(rows["1B-1"] + rows["1B-2"] + rows["1B-3"] + rows["1B-4"] + rows["1B-5"], 575);
  EXPECT_EQ(rows["1J-1"] + rows["1J-2"], 55521);
  EXPECT_EQ(rows["1L-1"], 104012);
  EXPECT_EQ(rows["1L-2"], 2185);
  EXPECT_EQ(rows["1L-3"], 516);
}

TEST(CtbPlan, AsksTheThreeQuestionsAndAnswersNone) {
  for (const Action& action : ReadExample().actions) {
    if (action.kind != ActionKind::kPending) continue;
    ASSERT_TRUE(action.question.has_value());
    EXPECT_EQ(action.question->text.back(), '?');
    EXPECT_FALSE(action.question->answer.has_value());
    const auto& options = action.question->options;
    EXPECT_TRUE(std::any_of(options.begin(), options.end(), [](const Option& option) {
      return option.word == "stay" && option.actions.empty();
    })) << action.id;
  }
}

// An action on a table that may not be touched would be refused.
TEST(CtbPlan, TouchesNoUntouchableTable) {
  const Plan plan = ReadExample();
  for (const Action& action : plan.actions)
    for (const pg::QualifiedName& name : plan.untouchable) {
      EXPECT_NE(action.source, name) << action.id;
      if (MovesRows(action)) EXPECT_NE(*action.target, name) << action.id;
    }
}

TEST(CtbPlan, ChecksTheNumbersOfSection2C) {
  std::map<std::string, int64_t> counts;
  for (const Audit& audit : ReadExample().audits)
    counts[std::string(KindWord(audit.kind)) + " " + pg::DisplayName(audit.table) +
           (audit.where.empty() ? "" : " *")] = audit.expected.rows;
  EXPECT_EQ(counts.at("null outreach.outreach"), 0);
  EXPECT_EQ(counts.at("duplicate outreach.outreach"), 488);
  EXPECT_EQ(counts.at("orphan people.company_slot"), 0);
  EXPECT_EQ(counts.at("duplicate people.people_master"), 42928);
  EXPECT_EQ(counts.at("count cl.company_identity"), 102426);
  EXPECT_EQ(counts.at("count cl.company_identity *"), 95004);
  EXPECT_EQ(counts.at("count people.company_slot"), 285012);
  EXPECT_EQ(counts.at("alignment cl.company_identity"), 0);
}

TEST(CtbPlan, LocksTheLeavesOfPhase2) {
  const Plan plan = ReadExample();
  ASSERT_TRUE(plan.lock.has_value());
  std::map<std::string, int> leaves;
  for (const Leaf& leaf : plan.lock->leaves)
    if (leaf.sub_hub != "archive") ++leaves[leaf.sub_hub];
  EXPECT_THAT(leaves, ElementsAre(Pair("bit", 4), Pair("blog", 3), Pair("company_target", 3),
                                  Pair("dol", 4), Pair("execution", 4), Pair("people", 5)));
}

}  // namespace
}  // namespace regraft::plan
