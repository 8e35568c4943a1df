// From a question to an approved plan: plan, decide, plan again, approve.

#include "tests/cli/planning.h"

namespace regraft {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DecidedPlan : public Planning {
 protected:
  DecidedPlan() : plan_(PlanFile(kQuestion, "approvals: {not_by_planner: true}\n")) {}
  json Plan(int exit_code) {
    const auto result =
        Run({"plan", plan_, "--as", "Ada", "-o", Path("saved.json"), "--detailed-exitcode"});
    EXPECT_EQ(result.exit_code, exit_code) << result.output << result.errors;
    text_ = result.output;
    return json::parse(Read("saved.json"));
  }

  std::string plan_, text_;
};

TEST_F(DecidedPlan, AnAnswerIsPlannedApprovedAndTheFileStaysAsItWas) {
  const std::string file = Read("plan.yaml");
  const json undecided = Plan(0);
  EXPECT_EQ(undecided["actions"][0]["state"], "blocked");
  EXPECT_THAT(text_, HasSubstr("regraft decide " + plan_ + " Q --choose sales|merged|stay"));

  EXPECT_EQ(Run({"decide", plan_, "Q", "--choose", "merged", "--by", "Ada", "--reason",
                 "all in one place"})
                .exit_code,
            0);
  const json decided = Plan(2);
  EXPECT_NE(decided["sha256"], undecided["sha256"]);
  EXPECT_EQ(decided["answers"][0]["choice"], "merged");
  EXPECT_EQ(decided["actions"][0]["id"], "Q/merged");
  EXPECT_EQ(decided["actions"][0]["state"], "ready");
  EXPECT_THAT(text_, AllOf(HasSubstr("all in one place"), Not(HasSubstr("undecided"))));
  EXPECT_EQ(Read("plan.yaml"), file);
  EXPECT_EQ(Plan(2), decided);

  const std::string saved = Path("saved.json");
  EXPECT_EQ(Run({"approvals", saved}).exit_code, 3);
  Run({"approve", saved, "--by", "Ada"});
  EXPECT_EQ(Run({"approvals", saved}).exit_code, 3);
  EXPECT_EQ(Run({"approve", saved, "--by", "Grace"}).exit_code, 0);
  EXPECT_EQ(Run({"approvals", saved}).exit_code, 0);
}

TEST_F(DecidedPlan, AnotherAnswerIsAnotherPlan) {
  Run({"decide", plan_, "Q", "--choose", "merged", "--by", "Ada", "--reason", "r"});
  const json merged = Plan(2);
  EXPECT_EQ(Run({"approve", Path("saved.json"), "--by", "Grace"}).exit_code, 0);
  EXPECT_EQ(
      Run({"decide", plan_, "Q", "--choose", "sales", "--by", "Ada", "--reason", "r"}).exit_code,
      0);
  const json moved = Plan(2);
  EXPECT_NE(moved["sha256"], merged["sha256"]);
  EXPECT_EQ(Run({"approvals", Path("saved.json")}).exit_code, 3);
}

TEST_F(DecidedPlan, AnAnswerThatIsNoOptionIsABadPlan) {
  const auto result =
      Run({"decide", plan_, "Q", "--choose", "slaes", "--by", "Ada", "--reason", "r"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("sales"));
}

TEST_F(DecidedPlan, TheFileAndTheLedgerMustNotContradictEachOther) {
  Run({"decide", plan_, "Q", "--choose", "sales", "--by", "Ada", "--reason", "r"});
  const std::string text = Read("plan.yaml");
  (void)Write("plan.yaml", text + "  answer: {choose: stay, by: Bob, reason: because}\n");
  const auto result = Run({"plan", plan_});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.output + result.errors, AllOf(HasSubstr("stay"), HasSubstr("sales")));
}

}  // namespace
}  // namespace regraft
