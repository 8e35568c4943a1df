// regraft status, beside a program that waits, works, or was killed.

#include "engine/base/deadline.h"
#include "tests/apply/applying.h"

#include <chrono>
#include <csignal>
#include <functional>

namespace regraft::apply {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTables = R"sql(
CREATE SCHEMA app; CREATE SCHEMA old;
CREATE TABLE app."O'Dd" (id int); CREATE TABLE app.items (id int); CREATE TABLE app.third (id int);
CREATE TABLE app.unclear (id int);
)sql";

constexpr const char* kPlan = R"(name: spring
actions:
- {archive: 'app."O''Dd"', id: A, to: old.odd}
- {move: app.items, id: B, to: old.things}
- {archive: old.things, id: C, to: old.third}
- {pending: app.unclear, id: P, question: "what is it?", options: {stays: [], archive: [{archive: app.unclear, to: old.unclear}]}}
)";

class WatchingApply : public Applying {
 protected:
  json Status(Words more = {}) {
    more.insert(more.begin(), {"status", "--json"});
    const support::ProgramResult result = Run(more);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json::parse(result.output);
  }
  // Asks again until the answer is so.
  json StatusWhen(const std::function<bool(const json&)>& so, support::Here here = {}) {
    const Deadline deadline = Deadline::After(seconds(30));
    json status = Status();
    while (!so(status) && !deadline.passed()) status = Status();
    EXPECT_TRUE(so(status)) << here.line << status.dump(1);
    return status;
  }
  static std::string States(const json& status) {
    std::string states;
    for (const json& action : status["actions"])
      states += action["id"].get<std::string>() + " " + action["state"].get<std::string>() + ", ";
    return states;
  }
  // Not one of ours: a user's session.
  pg::Connection User() {
    pg::Connection user = database_.Connect();
    EXPECT_TRUE(user.Run("SET application_name = 'psql of Ada'").ok());
    return user;
  }
  static void WaitForEnd(support::RunningProgram* program, int code, support::Here here = {}) {
    const auto result = program->Wait(Deadline::After(seconds(30)));
    ASSERT_TRUE(result.has_value()) << here.line;
    EXPECT_EQ(result->exit_code, code) << here.line << result->errors;
  }
};

TEST_F(WatchingApply, NamesWhoIsInTheWayAndWhatWaits) {
  database_.Sql(kTables);
  EXPECT_EQ(Status()["run"], 0);
  Expect(0, "nothing of a plan has been executed\n", Run({"status"}));
  Plan(kPlan);
  Approve();
  pg::Connection user = User();
  ASSERT_TRUE(user.Run("BEGIN; LOCK TABLE app.items IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  const json status = StatusWhen([](const json& now) { return !now["blockers"].empty(); });
  EXPECT_EQ(States(status), "A done, B running, C waiting, P blocked, ");
  EXPECT_EQ(status["state"], "at work");
  EXPECT_THAT(status["program"].get<std::string>(), HasSubstr("regraft/apply-lock (pid "));
  EXPECT_EQ(status["actions"][2]["comes_after"], json({"B"}));
  EXPECT_EQ(status["actions"][3]["question"], "P");
  ASSERT_EQ(status["blockers"].size(), 1u);
  const json& blocker = status["blockers"][0];
  EXPECT_EQ(blocker["pid"], user.backend_pid());
  EXPECT_EQ(blocker["application"], "psql of Ada");
  EXPECT_EQ(blocker["state"], "idle in transaction");
  EXPECT_EQ(blocker["query"], "BEGIN; LOCK TABLE app.items IN ACCESS SHARE MODE");
  EXPECT_EQ(blocker["wants"], "AccessExclusiveLock on app.items");
  EXPECT_THAT(blocker["waiting"].get<std::string>(), HasSubstr("regraft/apply (pid "));
  EXPECT_THAT(status["next"].get<std::string>(),
              HasSubstr("pg_terminate_backend(" + std::to_string(user.backend_pid()) + ")"));
  ASSERT_TRUE(user.Run("COMMIT").ok());
  WaitForEnd(&program, 0);
  Expect(0, ": finished\n3 done, 1 blocked\nA: archive app.\"O'Dd\" -> old.odd: done",
         Run({"status", file()}));
}

TEST_F(WatchingApply, SaysThatARunStandsStillWhenItsProgramWasKilled) {
  database_.Sql(kTables);
  Plan(kPlan);
  Approve();
  pg::Connection user = User();
  ASSERT_TRUE(user.Run("BEGIN; LOCK TABLE app.items IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  ASSERT_TRUE(program.WaitForErrors("A done", Deadline::After(seconds(30))));
  program.Kill(SIGKILL);
  WaitForEnd(&program, 128 + SIGKILL);
  const json status = StatusWhen([](const json& now) { return now["program"] == ""; });
  EXPECT_EQ(status["state"], "stands still");
  EXPECT_EQ(States(status), "A done, B waiting, C waiting, P blocked, ");
  ASSERT_TRUE(user.Run("COMMIT").ok());
  StatusWhen([](const json& now) { return now["sessions"].empty(); });
  Expect(0, "next: regraft apply " + file() + " goes on", Run({"status", file()}));
  Expect(0, "", Apply());
  Expect(0, "", Undo({"--only", "C"}));
  Expect(0, ": undone in part\n2 done, 1 undone, 1 blocked\n", Run({"status"}));
  Expect(0, "", Undo());
  Expect(0, ": undone\n", Run({"status"}));
  Expect(0, "next: regraft approve " + file(), Run({"status", file()}));
}

TEST_F(WatchingApply, SaysThatARunIsBeingTakenBack) {
  database_.Sql(kTables);
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  pg::Connection user = User();
  ASSERT_TRUE(user.Run("BEGIN; LOCK TABLE old.odd IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"undo", file(), "--yes"}));
  const json status = StatusWhen([](const json& now) { return !now["blockers"].empty(); });
  EXPECT_EQ(status["state"], "undoing");
  EXPECT_EQ(States(status), "A undoing, B undone, C undone, P blocked, ");
  EXPECT_THAT(status["program"].get<std::string>(), HasSubstr("regraft/undo-lock (pid "));
  EXPECT_THAT(status["blockers"][0]["waiting"].get<std::string>(), HasSubstr("regraft/undo (pid "));
  Expect(0, ": undoing\n1 undoing, 2 undone, 1 blocked\n", Run({"status"}));
  ASSERT_TRUE(user.Run("COMMIT").ok());
  WaitForEnd(&program, 0);
  EXPECT_EQ(Status()["state"], "undone");
}

TEST_F(WatchingApply, GivesTheReasonOfAFailure) {
  database_.Sql(kTables);
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "A"}));
  database_.Sql("ALTER TABLE app.items ADD more int");
  Expect(1, "", Apply());
  Expect(0, "failed, nothing was done: app.items is not as the plan left it", Run({"status"}));
  Expect(0, "next: cure what failed, then regraft apply", Run({"status"}));
}

TEST_F(WatchingApply, FollowsUntilTheEndAndPrintsOnlyWhatChanges) {
  database_.Sql(kTables);
  Plan(kPlan);
  Approve();
  pg::Connection user = User();
  ASSERT_TRUE(user.Run("BEGIN; LOCK TABLE app.items IN ACCESS SHARE MODE").ok());
  support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
  StatusWhen([](const json& now) { return !now["blockers"].empty(); });
  support::RunningProgram watch =
      support::Start(Command({"status", "--watch", "--interval", "0.05"}));
  const std::string watching =
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'regraft/status' AND "
      "query LIKE 'SELECT pg_sleep%' AND datname = current_database()";
  const Deadline deadline = Deadline::After(seconds(30));
  while (database_.Scalar(watching) != "t" && !deadline.passed()) continue;
  ASSERT_TRUE(user.Run("COMMIT").ok());
  WaitForEnd(&program, 0);
  const auto watched = watch.Wait(Deadline::After(seconds(30)));
  ASSERT_TRUE(watched.has_value());
  EXPECT_EQ(watched->exit_code, 0);
  EXPECT_THAT(watched->output, HasSubstr("psql of Ada"));
  EXPECT_THAT(watched->output, HasSubstr(": finished\n"));
  EXPECT_THAT(watched->output, Not(HasSubstr("\x1b")));
  EXPECT_THAT(watched->errors, "");
}

// One chunk of two is in; the second stands at a gate in the server.
TEST_F(WatchingApply, CountsTheRowsOfAMergeThatIsUnderWay) {
  database_.Sql(R"sql(
CREATE SCHEMA app;
CREATE TABLE app.parts (id int) PARTITION BY RANGE (id);
CREATE TABLE app.low PARTITION OF app.parts FOR VALUES FROM (0) TO (100);
CREATE TABLE app.high PARTITION OF app.parts FOR VALUES FROM (100) TO (400);
INSERT INTO app.parts SELECT generate_series(0, 399);
CREATE FUNCTION app.gate(id int) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN
  IF id < 100 AND current_setting('transaction_read_only') = 'off' THEN
    PERFORM pg_advisory_xact_lock_shared(4711);
  END IF;
  RETURN true;
END$$;
CREATE TABLE app.whole (id int CHECK (app.gate(id)), origin text))sql");
  Plan("actions:\n- {merge: app.parts, id: M, into: app.whole, set: {origin: p}, after: keep}\n");
  Approve();
  pg::Connection user = User();
  ASSERT_TRUE(user.Run("SELECT pg_advisory_lock(4711)").ok());
  support::RunningProgram program =
      support::Start(Command({"apply", file(), "--yes", "--jobs", "1"}));
  const json status = StatusWhen([](const json& now) { return !now["blockers"].empty(); });
  const json& merge = status["actions"][0];
  EXPECT_EQ(merge["state"], "running");
  EXPECT_EQ(merge["phase"], "copying");
  EXPECT_EQ(merge["rows_done"], 300) << status.dump(1);
  EXPECT_EQ(merge["rows_expected"], 400);
  EXPECT_EQ(merge["chunks_done"], 1);
  EXPECT_EQ(merge["chunks"], 2);
  EXPECT_GT(merge["rows_per_second"].get<double>(), 0);
  EXPECT_GT(merge["seconds_left"].get<double>(), 0);
  Expect(0, "M: merge app.parts -> app.whole: running, copying, 300 of 400 rows, ",
         Run({"status"}));
  ASSERT_TRUE(user.Run("SELECT pg_advisory_unlock_all()").ok());
  WaitForEnd(&program, 0);
  EXPECT_EQ(Status()["actions"][0]["rows_done"], 400);
}

TEST_F(WatchingApply, NeedsNoMoreThanToReadTheLedger) {
  database_.Sql(kTables);
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  const std::string role = database_.name() + "_reader";
  database_.Sql("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA regraft TO " + role +
                "; GRANT SELECT ON ALL TABLES IN SCHEMA regraft TO " + role);
  support::Invocation command = Command({"status"});
  command.arguments.back() += " user=" + role;
  Expect(0, ": finished\n", support::RunProgram(command));
  database_.Sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

}  // namespace
}  // namespace regraft::apply
