// add_pk of a table that is too large to be locked while it is numbered.

#include "engine/base/deadline.h"
#include "tests/apply/applying.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace regraft::apply {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app."Big log" (item int, at timestamptz, updated_at timestamptz DEFAULT '2020-01-01 UTC');
INSERT INTO app."Big log" SELECT g, timestamptz '2026-01-01 UTC' - g * interval '1 s'
FROM generate_series(1, 110000) g;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN new.updated_at := now(); RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE ON app."Big log" FOR EACH ROW EXECUTE FUNCTION app.touch();
)sql";

constexpr const char* kPlan = R"yaml(
actions:
- {add_pk: 'app."Big log"', id: K, column: log_id, order_by: [at], allow: [triggers-suppressed]}
)yaml";

class ApplyingOnlineKeys : public Applying {
 protected:
  ApplyingOnlineKeys() { database_.Sql(kTables); }

  void ExpectKey(support::Here here = {}) {
    EXPECT_EQ(database_.Scalar("SELECT pg_get_constraintdef(oid) || ' ' || convalidated FROM "
                               "pg_constraint WHERE conrelid = 'app.\"Big log\"'::regclass"),
              "PRIMARY KEY (log_id) true")
        << here.line;
    EXPECT_EQ(database_.Scalar("SELECT count(*) = count(DISTINCT log_id) AND bool_and(indisvalid) "
                               "FROM app.\"Big log\", pg_index WHERE indrelid = "
                               "'app.\"Big log\"'::regclass"),
              "t")
        << here.line;
  }
  std::string Scalar(const std::string& select, support::Here here = {}) {
    return database_.Scalar("SELECT " + select + " FROM app.\"Big log\"", here);
  }
};

TEST_F(ApplyingOnlineKeys, NumberInTheOrderAndChangeNothingElse) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  Expect(0, "K: add_pk app.\"Big log\": done", Apply());
  ExpectKey();
  EXPECT_EQ(Scalar("min(log_id) || ' ' || max(log_id)"), "1 110000");
  EXPECT_EQ(Scalar("count(*) FILTER (WHERE log_id <> 110001 - item)"), "0");
  EXPECT_EQ(Scalar("count(*) FILTER (WHERE updated_at <> '2020-01-01 UTC')"), "0")
      << "no trigger has heard of it";
  EXPECT_EQ(database_.Scalar("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'"), "O");
  EXPECT_EQ(database_.Scalar("INSERT INTO app.\"Big log\" VALUES (0) RETURNING log_id > 110000"),
            "t");
  database_.Sql("DELETE FROM app.\"Big log\" WHERE item = 0");
  Expect(0, "the plan is finished", Apply());
  Expect(0, "K: add_pk app.\"Big log\": undone", Undo());
  EXPECT_EQ(State(), before);
}

// The order holds for the rows that nobody updates meanwhile; nobody's change is lost.
TEST_F(ApplyingOnlineKeys, LetOthersWriteMeanwhile) {
  Plan(kPlan);
  Approve();
  std::atomic<bool> stop = false;
  int written = 0;
  std::thread writer([&] {
    pg::Connection session = database_.Connect("writer");
    for (int i = 1; !stop; ++i) {
      const std::string item = std::to_string(i % 1000 + 1);
      if (session.Run("UPDATE app.\"Big log\" SET at = at WHERE item = " + item).ok() &&
          session.Run("INSERT INTO app.\"Big log\" (item) VALUES (-" + std::to_string(i) + ")")
              .ok())
        ++written;
    }
  });
  const auto result = Apply();
  stop = true;
  writer.join();
  Expect(0, "done", result);
  ExpectKey();
  EXPECT_GT(written, 10);
  EXPECT_EQ(Scalar("count(*) FILTER (WHERE item < 0)"), std::to_string(written));
  EXPECT_EQ(Scalar("count(*) FILTER (WHERE item > 0)"), "110000");
  EXPECT_EQ(
      database_.Scalar("SELECT count(*) FROM (SELECT log_id, lag(log_id) OVER (ORDER BY at) AS "
                       "before FROM app.\"Big log\" WHERE item > 1000) n WHERE log_id < "
                       "before"),
      "0");
}

// A row that somebody holds stops the numbering in its middle; there the program dies.
TEST_F(ApplyingOnlineKeys, GoOnAfterAKillAndAreUndoneAfterOne) {
  const std::string before = State();
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect("holder");
  const auto kill_in_the_middle = [&] {
    support::RunningProgram program = support::Start(Command({"apply", file(), "--yes"}));
    const Deadline deadline = Deadline::After(std::chrono::seconds(30));
    while (database_.Scalar("SELECT count(*) FROM pg_attribute WHERE attname = 'log_id'") == "0")
      ASSERT_FALSE(deadline.passed());
    ASSERT_TRUE(holder.Run("BEGIN").ok());
    ASSERT_TRUE(holder.Run("SELECT FROM app.\"Big log\" WHERE item = 60000 FOR UPDATE").ok());
    while (database_.Scalar("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = "
                            "'transactionid'") == "0")
      ASSERT_FALSE(deadline.passed());
    program.Kill(SIGKILL);
    ASSERT_TRUE(program.Wait(deadline).has_value());
  };
  kill_in_the_middle();
  EXPECT_EQ(Scalar("count(log_id)"), "50000");
  EXPECT_EQ(ActionStates(), "K running");
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  Expect(0, "continuing run", Apply());
  ExpectKey();
  EXPECT_EQ(Scalar("count(*) FILTER (WHERE log_id <> 110001 - item)"), "0");
  Expect(0, "undone", Undo());
  EXPECT_EQ(State(), before);

  Approve();
  kill_in_the_middle();
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  Expect(0, "undone", Undo());
  EXPECT_EQ(State(), before);
}

// CREATE INDEX CONCURRENTLY leaves an invalid index behind where it fails.
TEST_F(ApplyingOnlineKeys, BuildAgainAnIndexThatWasNotFinished) {
  Plan(kPlan);
  Approve();
  pg::Connection holder = database_.Connect("holder");
  ASSERT_TRUE(holder.Run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class").ok());
  Expect(4, "safe", Apply({"--lock-wait", "1"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_index WHERE indrelid = "
                             "'app.\"Big log\"'::regclass"),
            "0");
  ASSERT_TRUE(holder.Run("COMMIT").ok());
  Expect(0, "continuing run", Apply());
  ExpectKey();
}

}  // namespace
}  // namespace regraft::apply
