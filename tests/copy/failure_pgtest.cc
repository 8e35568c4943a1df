// Any worker's failure stops everything within seconds, says the root cause, and leaves no half
// chunk.
#include "engine/base/deadline.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kSecondsToStop = 30;

class FailingCopy : public Copying {
 protected:
  FailingCopy() { MakeTables(20000); }

  // Starts a copy, stops all lanes at the gate after some chunks, does `harm`, opens the gate; the
  // program must fail in time, and the same command must then finish exactly.
  void HarmInTheMiddle(
      const std::function<void()>& harm, std::string_view words, int exit_code = 1,
      const std::function<void()>& cure = [] {}, const char* chunk_bytes = "64KiB") {
    AddGate(/*free_rows=*/3000);
    Gate gate(database_);
    RunningProgram copy = StartCopy({"--chunk-bytes", chunk_bytes, "--jobs", "2"});
    WaitAtGate(2);
    harm();
    gate.Open();
    const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
    ASSERT_TRUE(result.has_value())
        << "still running after " << kSecondsToStop << " s: " << copy.ReadErrors();
    ExpectExit(exit_code, *result, words);
    EXPECT_NE(Document(*result)["verified"], true);
    ExpectNoHalfChunk();
    EXPECT_EQ(database_.Scalar("SELECT state FROM regraft.run"), "copying");
    cure();
    ExpectExit(0, Copy({"--jobs", "1"}), "continuing run");
    ExpectExact();
  }

  void HarmByTerminating(const std::string& role) {
    HarmInTheMiddle([&] { EXPECT_GE(Terminate(role), 1) << role; }, "");
  }
};

// From another database: there no look-up before the copy can find the conflict.
TEST_F(FailingCopy, AUniqueViolationInTheLastRowLeavesNoHalfChunk) {
  TestDatabase source;
  source.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.source (id int, name text, amount numeric, note text);"
      "INSERT INTO app.source SELECT i, 'name', i, repeat('n', 60) FROM generate_series(1, 20000) "
      "AS i;"
      "INSERT INTO app.source VALUES (1, 'last', 1, '')");
  database_.Sql("CREATE UNIQUE INDEX once ON app.target (id)");
  const ProgramResult failed =
      Copy({"--from", source.conninfo(), "--chunk-bytes", "64KiB", "--jobs", "2"});
  ExpectExit(1, failed);
  EXPECT_THAT(failed.errors,
              AllOf(HasSubstr("SQLSTATE 23505"), HasSubstr("app.source chunk"), HasSubstr("once")));
  EXPECT_EQ(Document(failed)["error"]["sqlstate"], "23505");
  ExpectNoHalfChunk();
  EXPECT_NE(DoneChunks(), "0");
  database_.Sql("DROP INDEX app.once");
  const ProgramResult cured = Copy({"--from", source.conninfo(), "--jobs", "1"});
  ExpectExit(0, cured, "continuing run");
  EXPECT_EQ(Document(cured)["rows"], 20001);
  EXPECT_EQ(database_.Scalar("SELECT count(*) || ' ' || count(DISTINCT id) FROM app.target"),
            "20001 20000");
}

TEST_F(FailingCopy, ACheckViolationNamesChunkAndTable) {
  database_.Sql(
      "CREATE TABLE app.knob (highest int); INSERT INTO app.knob VALUES (20000);"
      "CREATE FUNCTION app.highest() RETURNS int STABLE LANGUAGE sql AS 'SELECT highest FROM "
      "app.knob';"
      "ALTER TABLE app.target ADD CONSTRAINT small CHECK (id <= app.highest())");
  HarmInTheMiddle([&] { database_.Sql("UPDATE app.knob SET highest = 2"); }, "SQLSTATE 23514", 1,
                  [&] { database_.Sql("UPDATE app.knob SET highest = 20000"); });
}

TEST_F(FailingCopy, ADeferredForeignKeyThatFailsAtCommitFailsTheChunk) {
  database_.Sql(
      "CREATE TABLE app.parent (id int PRIMARY KEY);"
      "INSERT INTO app.parent SELECT i FROM generate_series(1, 19000) AS i;"
      "ALTER TABLE app.target ADD CONSTRAINT late FOREIGN KEY (id) REFERENCES app.parent "
      "DEFERRABLE INITIALLY DEFERRED");
  const ProgramResult failed = Copy({"--chunk-bytes", "64KiB"});
  ExpectExit(1, failed);
  EXPECT_THAT(failed.errors,
              AllOf(HasSubstr("SQLSTATE 23503"), HasSubstr("app.source chunk"), HasSubstr("late")));
  ExpectNoHalfChunk();
  database_.Sql("INSERT INTO app.parent SELECT i FROM generate_series(19001, 20000) AS i");
  ExpectExit(0, Copy());
  ExpectExact();
}

TEST_F(FailingCopy, AnEndedWriterStopsTheCopy) { HarmByTerminating("target-writer/1"); }
// Small chunks are read to their end before the writer waits: only rows that do not fit on the way
// keep a reader in the middle of its chunk.
TEST_F(FailingCopy, AnEndedReaderStopsTheCopy) {
  database_.Sql(
      "DELETE FROM app.source WHERE id > 4000; ALTER TABLE app.source ALTER note SET STORAGE "
      "EXTERNAL;"
      "UPDATE app.source SET note = repeat('wide ', 4000)");
  database_.Sql("VACUUM FULL app.source");
  HarmInTheMiddle([&] { EXPECT_EQ(Terminate("source-reader/1"), 1); }, "source-reader/1", 1, [] {},
                  "4MiB");
}
TEST_F(FailingCopy, AnEndedLockerStopsTheCopy) { HarmByTerminating("source-locker"); }
TEST_F(FailingCopy, AnEndedExporterStopsTheCopy) { HarmByTerminating("source-exporter"); }
TEST_F(FailingCopy, AnEndedGuardStopsTheCopy) { HarmByTerminating("target-guard"); }
TEST_F(FailingCopy, AnEndedCopyLockStopsTheCopy) { HarmByTerminating("copy-lock"); }
TEST_F(FailingCopy, AnEndedControlSessionStopsTheCopy) { HarmByTerminating("target-control"); }
TEST_F(FailingCopy, EverySessionEndedAtOnceStopsTheCopy) { HarmByTerminating("%"); }

TEST_F(FailingCopy, ACancelFromOutsideIsTheRootCause) {
  HarmInTheMiddle(
      [&] {
        database_.Sql(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = "
            "'regraft/target-writer/2' AND datname = current_database()");
      },
      "57014");
}

// A view is one chunk, this one of hours, and counting it takes as long: neither is waited for.
TEST_F(FailingCopy, AnErrorInTheFirstRowsOfAnEndlessChunkStopsTheCopy) {
  database_.Sql(
      "ALTER TABLE app.source RENAME TO plain; CREATE VIEW app.source AS "
      "SELECT a.* FROM app.plain a, app.plain b, app.plain c");
  AddFuse(10);
  RunningProgram copy = StartCopy();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
  ASSERT_TRUE(result.has_value()) << copy.ReadErrors();
  ExpectExit(1, *result, "SQLSTATE P0001");
}

// The error is in the last rows that were sent, and the next ones, which would find it out, are
// hours away.
TEST_F(FailingCopy, AnErrorIsHeardWhileTheSourceIsSilent) {
  database_.Sql(
      "ALTER TABLE app.source RENAME TO plain; CREATE VIEW app.source AS "
      "(SELECT * FROM app.plain WHERE id <= 10000) UNION ALL "
      "SELECT p.* FROM app.plain p WHERE pg_sleep(1) IS NOT NULL");
  AddFuse(5000);
  RunningProgram copy = StartCopy();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
  ASSERT_TRUE(result.has_value()) << copy.ReadErrors();
  ExpectExit(1, *result, "SQLSTATE P0001");
  ExpectExit(1, *result, "app.source chunk 0");
}

// The peer's server process is asleep inside a statement: it must be cancelled, not waited for.
TEST_F(FailingCopy, ASleepingPeerIsCancelled) {
  database_.Sql(
      "CREATE FUNCTION app.sleep() RETURNS int LANGUAGE plpgsql AS "
      "$$BEGIN IF pg_try_advisory_lock(4712) THEN PERFORM pg_sleep(600); END IF; "
      "PERFORM pg_sleep(1); RETURN 1 / 0; END$$;"
      "ALTER TABLE app.target ADD gate int; ALTER TABLE app.target ALTER gate SET DEFAULT "
      "app.sleep()");
  RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "2"});
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
  ASSERT_TRUE(result.has_value()) << copy.ReadErrors();
  ExpectExit(1, *result, "SQLSTATE 22012");
  WaitUntil(
      "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name LIKE "
      "'regraft/target-writer%'");
  ExpectNoHalfChunk();
}

TEST_F(FailingCopy, AnInterruptExits130AndTheCopyIsResumable) {
  for (const int signal : {SIGINT, SIGTERM}) {
    database_.Sql(
        "DROP TABLE app.target CASCADE; DROP TABLE app.source; DROP FUNCTION IF EXISTS "
        "app.pass_gate(); DROP SEQUENCE IF EXISTS app.passed");
    MakeTables(20000);
    AddGate(/*free_rows=*/3000);
    Gate gate(database_);
    RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "2"});
    WaitAtGate(2);
    copy.Kill(signal);
    const auto result = copy.Wait(Deadline::After(std::chrono::seconds(kSecondsToStop)));
    ASSERT_TRUE(result.has_value()) << copy.ReadErrors();
    gate.Open();
    ExpectExit(130, *result, "interrupted");
    const auto document = Document(*result);
    EXPECT_EQ(document["error"]["exit_code"], 130);
    EXPECT_EQ(document["rows"].dump(), database_.Scalar("SELECT count(*) FROM app.target"));
    EXPECT_EQ(document["verified"], nullptr);
    ExpectExit(0, Copy(), "continuing run");
    ExpectExact();
  }
}

// What ALTER ROLE says is for the application, not for a copy that is often idle.
TEST_F(FailingCopy, TimeoutsOfTheRoleDoNotEndTheCopy) {
  const std::string role = MakeRole("hurried");
  database_.Sql("GRANT CREATE ON DATABASE " + database_.name() + " TO " + role +
                "; GRANT ALL ON SCHEMA app TO " + role +
                "; GRANT ALL ON ALL TABLES IN SCHEMA app TO " + role);
  for (const char* setting : {"statement_timeout", "idle_in_transaction_session_timeout",
                              "idle_session_timeout", "lock_timeout"})
    database_.Sql("ALTER ROLE " + role + " SET " + setting + " = '700ms'");
  AddGate(/*free_rows=*/3000);
  Gate gate(database_);
  RunningProgram copy = Start(CopyCommandAs(role, {"--chunk-bytes", "64KiB", "--jobs", "2"}));
  WaitAtGate(2);
  EXPECT_FALSE(copy.Wait(Deadline::After(std::chrono::seconds(2))).has_value())
      << copy.ReadErrors();
  gate.Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result);
  ExpectExact();
}

}  // namespace
}  // namespace regraft::support
