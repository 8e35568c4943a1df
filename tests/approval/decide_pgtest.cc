#include "engine/approval/answers.h"
#include "engine/base/failure_kind.h"
#include "engine/plan/read_plan.h"
#include "tests/approval/saved_in_database.h"

#include <iterator>

namespace regraft::approval {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Deciding : public SavedInDatabase {
 protected:
  // A plan with one question, its parts as given.
  struct Question {
    std::string text = "Who owns the URLs?", merge_into = "app.orders", answer = "";
  };
  static std::string Yaml(const Question& question) {
    return "regraft: 1\nactions:\n- pending: app.urls\n  id: urls\n  question: " + question.text +
           "\n  options:\n    merged: {merge: app.urls, into: " + question.merge_into +
           ", set: {note: url}}\n    stay: keep\n" +
           (question.answer.empty()
                ? ""
                : "  answer: {choose: " + question.answer + ", by: Ada, reason: because}\n") +
           "- archive: app.orders\n  to: old.orders\n";
  }
  support::ProgramResult Decide(const std::string& yaml, const std::string& choice) {
    return Run({"decide", Write("plan.yaml", yaml), "urls", "--choose", choice, "--reason",
                "asked around", "--by", "grace"});
  }
  absl::StatusOr<std::vector<saved_plan::SavedAnswer>> Answers(const std::string& yaml) {
    pg::Connection connection = database_.Connect();
    const absl::StatusOr<plan::Plan> plan = plan::ReadPlan(yaml, "plan.yaml");
    EXPECT_TRUE(plan.ok()) << plan.status();
    return AnswersFor(connection, *plan);
  }
};

TEST_F(Deciding, KeepsTheAnswerInTheLedgerAndTheFileAsItIs) {
  const std::string yaml = Yaml({});
  Expect(0, "urls: merged, by grace next regraft plan", Decide(yaml, "merged"));
  const auto answers = Answers(yaml);
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->size(), 1U);
  EXPECT_TRUE(
      (answers->at(0) == saved_plan::SavedAnswer{"urls", "merged", "grace", "asked around"}));
  std::ifstream file(directory_ + "/plan.yaml");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), yaml);
  EXPECT_EQ(database_.Scalar("SELECT question_id || ',' || table_name || ',' || session_role ="
                             " 'urls,app.urls,' || session_user FROM regraft.answer"),
            "t");
}

TEST_F(Deciding, ReplacesAnAnswerByTheNextOneAndKeepsTheOld) {
  Decide(Yaml({}), "merged");
  Expect(0, "that was the answer already", Decide(Yaml({}), "merged"));
  Expect(0, "takes the place of merged, by grace: asked around", Decide(Yaml({}), "stay"));
  EXPECT_EQ(Answers(Yaml({}))->at(0).choice, "stay");
  EXPECT_EQ(database_.Scalar("SELECT string_agg(choice || (superseded_at IS NULL), ',' ORDER BY "
                             "answer_id) FROM regraft.answer"),
            "mergedfalse,staytrue");
}

TEST_F(Deciding, DoesNotAnswerAQuestionThatWasEdited) {
  Decide(Yaml({}), "merged");
  EXPECT_TRUE(Answers(Yaml({.text = "Who pays for the URLs?"}))->empty());
  EXPECT_TRUE(Answers(Yaml({.merge_into = "app.other"}))->empty());
  EXPECT_EQ(Answers(Yaml({}))->size(), 1U);
}

TEST_F(Deciding, RefusesIdsAndChoicesThatThePlanDoesNotHaveWithTheNearest) {
  Expect(78, "\"merge\" is no option of urls; did you mean \"merged\"?", Decide(Yaml({}), "merge"));
  const std::string file = Write("plan.yaml", Yaml({}));
  const auto decide = [&](const std::string& id, const std::string& reason) {
    return Run({"decide", file, id, "--choose", "stay", "--reason", reason});
  };
  Expect(78, "this plan has no question \"url\"; did you mean \"urls\"?", decide("url", "x"));
  Expect(78, "archive app.orders is not a question but an action (archive)",
         decide("archive app.orders", "x"));
  Expect(78, "--reason wants a reason", decide("urls", " "));
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft')"), support::kNull);
}

TEST_F(Deciding, AgreesWithTheFileOrIsRefused) {
  Expect(0, "says the same, and is what the saved plan quotes",
         Decide(Yaml({.answer = "stay"}), "stay"));
  EXPECT_TRUE(Answers(Yaml({.answer = "stay"}))->empty()) << "the file's own answer counts";
  Expect(78, "the plan file answers urls with \"stay\" (by Ada), which counts the same",
         Decide(Yaml({.answer = "stay"}), "merged"));
}

TEST_F(Deciding, FindsAFileThatContradictsTheLedger) {
  Decide(Yaml({}), "merged");
  const auto answers = Answers(Yaml({.answer = "stay"}));
  EXPECT_EQ(KindOf(answers.status()), FailureKind::kBadPlan);
  EXPECT_THAT(
      std::string(answers.status().message()),
      HasSubstr("line 3: the plan file answers urls with \"stay\" (by Ada), the ledger with "
                "\"merged\" (by grace)"));
}

TEST_F(Deciding, NeedsNoLedgerToFindThatThereIsNoAnswer) {
  EXPECT_TRUE(Answers(Yaml({}))->empty());
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft')"), support::kNull);
}

TEST_F(Deciding, AnswersAsJsonAndInTheNameOfTheSystemsUser) {
  const auto result = Run({"decide", Write("plan.yaml", Yaml({})), "urls", "--choose", "stay",
                           "--reason", "x", "--json"});
  const json document = json::parse(result.output);
  EXPECT_EQ(document["choice"], "stay");
  EXPECT_EQ(document["new"], true);
  EXPECT_TRUE(document["error"].is_null());
  EXPECT_EQ(document["by"], database_.Scalar("SELECT answered_by FROM regraft.answer"));
}

}  // namespace
}  // namespace regraft::approval
