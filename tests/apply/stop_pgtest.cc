// Stopping on purpose: what is under way is finished, and the same command goes on.

#include "engine/base/deadline.h"
#include "tests/apply/applying.h"
#include "tests/support/paths.h"

#include <chrono>
#include <csignal>
#include <sstream>

namespace regraft::apply {
namespace {

// The first merge's rows wait in the target for whoever holds lock 77.
constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE FUNCTION app.gate() RETURNS int LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN 1; END';
CREATE TABLE app.orders (id int, origin text, gated int DEFAULT app.gate());
CREATE TABLE app.a AS SELECT g AS id FROM generate_series(1, 100) g;
CREATE TABLE app.b AS SELECT g AS id FROM generate_series(1, 10) g;
CREATE TABLE app.c (id int);
)sql";

constexpr const char* kPlan = R"yaml(
actions:
- {merge: app.a, id: A, into: app.orders, set: {origin: a}}
- {merge: app.b, id: B, into: app.orders, set: {origin: b}}
- {archive: app.c, id: C, to: archive.c}
)yaml";

class Stopping : public Applying {
 protected:
  Stopping() {
    database_.Sql(kTables);
    Plan(kPlan);
    Approve();
  }
  void WaitForGate(support::Here here = {}) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (database_.Scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = "
                            "77 AND NOT granted") == "0")
      ASSERT_FALSE(deadline.passed()) << here.line;
  }
};

TEST_F(Stopping, OnTheFirstSignalFinishesTheChunk) {
  pg::Connection gate = database_.Connect("gate");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(77)").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  WaitForGate();
  program.Kill(SIGINT);
  ASSERT_TRUE(
      program.WaitForErrors("once more to abort", Deadline::After(std::chrono::seconds(9))));
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_unlock(77)").ok());
  const auto stopped = program.Wait(Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(stopped.has_value());
  Expect(5, "stopped on purpose", *stopped);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.orders"), "100") << "the chunk is whole";
  Expect(0, "continuing run", Apply());
  EXPECT_EQ(ActionStates(), "C done, A done, B done");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.orders"), "110");
}

TEST_F(Stopping, OnTheSecondSignalAborts) {
  pg::Connection gate = database_.Connect("gate");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(77)").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  WaitForGate();
  program.Kill(SIGTERM);
  ASSERT_TRUE(
      program.WaitForErrors("once more to abort", Deadline::After(std::chrono::seconds(9))));
  program.Kill(SIGTERM);
  const auto aborted = program.Wait(Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(aborted.has_value());
  EXPECT_EQ(aborted->exit_code, 130) << aborted->errors;
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.orders"), "0");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_unlock(77)").ok());
  Expect(0, "continuing run", Apply());
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.orders"), "110");
}

TEST_F(Stopping, AfterTheTimeThatWasGiven) {
  pg::Connection gate = database_.Connect("gate");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(77)").ok());
  support::RunningProgram program =
      support::Start(Command({"apply", file(), "--yes", "--max-runtime", "1s"}));
  WaitForGate();
  ASSERT_TRUE(gate.Run("SELECT pg_sleep(1); SELECT pg_advisory_unlock(77)").ok());
  const auto stopped = program.Wait(Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(stopped.has_value());
  Expect(5, "stopped on purpose", *stopped);
  Expect(64, "unit not recognized", Apply({"--max-runtime", "soon"}));
  Expect(0, "", Apply({"--max-runtime", "2h"}));
}

TEST_F(Stopping, EventsAreOneObjectPerLineAndTheLastIsTheResult) {
  const auto result = Apply({"--json-events"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  std::istringstream lines(result.output);
  std::string story;
  nlohmann::json last;
  for (std::string line; std::getline(lines, line);) {
    last = nlohmann::json::parse(line);
    if (last["event"] == "action")
      story += last["id"].get<std::string>() + " " + last["state"].get<std::string>() + ", ";
  }
  EXPECT_EQ(story, "C running, C done, A running, A done, B running, B done, ");
  EXPECT_EQ(last["event"], "end");
  EXPECT_EQ(last["error"], nullptr);
  EXPECT_EQ(last["actions"].size(), 3);
}

TEST_F(Stopping, APlanFileIsNotApprovedWithoutATerminal) {
  const std::string plan = directory_ + "/plan.yaml";
  Expect(3, "there is nobody to ask", Run({"apply", plan, "--yes"}));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/plan.saved.json"));
}

// script(1) is the terminal.
TEST_F(Stopping, ATypedYesApprovesExactlyThatPlan) {
  const std::string plan = directory_ + "/plan.yaml";
  const auto type = [&](const std::string& answer) {
    const std::string command = "printf '" + answer + "\\n' | script -qec '" + support::Program() +
                                " apply " + plan + " --dsn \"" + database_.conninfo() + "\"' " +
                                "/dev/null > " + directory_ + "/screen";
    return WEXITSTATUS(std::system(command.c_str()));
  };
  EXPECT_EQ(type("y"), 3);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/plan.saved.json"));
  EXPECT_EQ(type("yes"), 0);
  EXPECT_EQ(ActionStates(), "C done, A done, B done");
  EXPECT_EQ(type("yes"), 78) << "the saved plan is there already";
  Expect(0, "the plan is finished", Run({"apply", directory_ + "/plan.saved.json"}));
}

}  // namespace
}  // namespace regraft::apply
