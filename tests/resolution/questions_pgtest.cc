// Questions: what waits for them, and what their answers add.

#include "tests/resolution/resolving.h"

namespace regraft::resolution {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Asking : public Resolving {
 protected:
  Asking() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive; CREATE SCHEMA sales;
      CREATE TABLE app.asked (id int PRIMARY KEY, name text);
      INSERT INTO app.asked VALUES (1, 'one'), (2, NULL);
      CREATE TABLE app.target (id int PRIMARY KEY, name text, origin text);
      CREATE TABLE app.child (id int PRIMARY KEY, parent int REFERENCES app.target, origin text);
      CREATE TABLE app.child_old (id int, parent int);
      CREATE TABLE app.other (id int, name text); CREATE TABLE app.more (id int, name text);
      CREATE TABLE app.aside (id int, name text); CREATE TABLE app.bridge (id int, name text)
    )sql");
  }

  static std::string Question(const std::string& answer = "") {
    return "- pending: app.asked\n  id: Q\n  question: Whose is it?\n  options:\n"
           "    sales: {move: sales.asked}\n"
           "    both:\n    - {merge: app.asked, into: app.target, set: {origin: asked}}\n"
           "    - {archive: app.aside, to: archive.aside, id: own}\n"
           "    stay: keep\n" +
           answer;
  }
  // "id state blocked_by" of each action.
  static std::vector<std::string> States(const saved_plan::SavedPlan& plan) {
    std::vector<std::string> states;
    for (const auto& action : plan.actions)
      states.push_back(action.id + " " + action.state +
                       (action.blocked_by.empty() ? "" : " " + action.blocked_by));
    return states;
  }
  saved_plan::SavedPlan Answered(const std::string& in_file, const std::string& in_ledger) {
    return Resolve(
        Question(in_file.empty() ? ""
                                 : "  answer: {choose: " + in_file + ", by: Ada, reason: r}\n"),
        "", {.answers = {{"Q", in_ledger, "Bob", "because"}}});
  }
};

TEST_F(Asking, SourceTargetLookUpsAndWhatFollowsWaitAndNothingElse) {
  const std::string look_up =
      "fill: {name: {sql: \"(SELECT a.name FROM app.asked a WHERE a.id = s.id)\"}}";
  const auto plan = Resolve(
      "- {merge: app.child_old, into: app.child, id: follows, set: {origin: c}}\n"
      "- {archive: app.bridge, to: archive.bridge, id: follows too}\n"
      "- {archive: app.more, to: archive.more, id: free}\n" +
          Question() +
          "- {keep_as_mv: app.asked, id: source}\n"
          "- {merge: app.aside, into: app.asked, id: target, allow: [no-provenance]}\n"
          "- {merge: app.other, into: app.target, id: looks up, set: {origin: o}, "
          "columns: {name: ''}, overflow: rest, where: \"s.id IN (SELECT b.id FROM app.bridge "
          "b)\", " +
          look_up + "}\n",
      "prepare: [{table: app.target, add_columns: {rest: jsonb}}]\n");
  EXPECT_THAT(States(plan),
              testing::UnorderedElementsAre("Q blocked Q", "free ready", "target blocked Q",
                                            "looks up blocked Q", "follows blocked Q",
                                            "follows too blocked Q", "source blocked Q"));
}

TEST_F(Asking, ATableThatWaitsIsCountedAndDigested) {
  const auto plan = Resolve(Question());
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_EQ(Find(plan, "Q").rows, 2);
  EXPECT_EQ(Find(plan, "Q").digest.size(), 32u);
  EXPECT_THAT(Find(plan, "Q").options,
              ElementsAre("sales: move app.asked to sales.asked",
                          "both: merge app.asked to app.target; archive app.aside to archive.aside",
                          "stay: the table stays as it is"));
  const std::string before = Find(plan, "Q").digest;
  database_.Sql("UPDATE app.asked SET name = '' WHERE name IS NULL");
  EXPECT_NE(Find(Resolve(Question()), "Q").digest, before);
}

TEST_F(Asking, AnAnswerInTheFileAddsItsActionsInTheirOrder) {
  const auto plan = Resolve(Question("  answer: {choose: both, by: Ada, reason: r}\n"));
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(States(plan), ElementsAre("own ready", "Q/both-1 ready", "Q ready"));
  ASSERT_EQ(plan.answers.size(), 1u);
  EXPECT_EQ(plan.answers[0], (saved_plan::SavedAnswer{"Q", "both", "Ada", "r"}));
}

TEST_F(Asking, AnAnswerInTheLedgerCountsTheSame) {
  const auto plan = Answered("", "sales");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(States(plan), ElementsAre("Q/sales ready", "Q ready"));
  EXPECT_EQ(Find(plan, "Q/sales").target, "sales.asked");
  EXPECT_EQ(plan.answers[0], (saved_plan::SavedAnswer{"Q", "sales", "Bob", "because"}));
}

TEST_F(Asking, TwoAnswersThatAgreeAreOne) {
  const auto plan = Answered("sales", "sales");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  ASSERT_EQ(plan.answers.size(), 1u);
  EXPECT_EQ(plan.answers[0].by, "Ada");
}

TEST_F(Asking, TwoAnswersThatDifferAreRefusedAndNobodyIsObeyed) {
  const auto plan = Answered("stay", "sales");
  EXPECT_THAT(Refusals(plan), ElementsAre("answer: Q: the plan answers stay, the ledger sales"));
  EXPECT_THAT(States(plan), ElementsAre("Q blocked Q"));
}

TEST_F(Asking, AnAnswerThatIsNoOptionIsRefused) {
  EXPECT_THAT(Refusals(Answered("", "gone")),
              ElementsAre(StartsWith("answer: Q: the answer gone is none of its options")));
}

TEST_F(Asking, StayingAddsNothing) {
  const auto plan = Answered("", "stay");
  EXPECT_THAT(States(plan), ElementsAre("Q ready"));
  EXPECT_EQ(plan.answers.size(), 1u);
}

TEST_F(Asking, AnAnswerChangesTheSealOfThePlan) {
  const std::string undecided = Resolve(Question()).sha256;
  const std::string sales = Answered("", "sales").sha256;
  EXPECT_NE(sales, undecided);
  EXPECT_NE(Answered("", "stay").sha256, sales);
  EXPECT_EQ(Answered("", "sales").sha256, sales);
}

}  // namespace
}  // namespace regraft::resolution
