// Rules of execution that no other file of this folder tries: one scenario each.
#include "engine/base/deadline.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <optional>

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

class RuleOfACopy : public Copying {
 protected:
  RuleOfACopy() { MakeTables(5000); }

  ProgramResult Finish(RunningProgram* copy) {
    const auto result = copy->Wait(Deadline::After(std::chrono::seconds(60)));
    if (!result.has_value()) ADD_FAILURE() << "hangs: " << copy->ReadErrors();
    return result.value_or(ProgramResult{});
  }

  std::string Sessions(const std::string& condition) {
    return database_.Scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " +
        condition);
  }
};

// What was committed while we waited for the lock is in the copy: the snapshot is younger than the
// lock.
TEST_F(RuleOfACopy, TheSnapshotIsTakenAfterTheLockIsGranted) {
  pg::Connection writer = database_.Connect("writer");
  ASSERT_TRUE(
      writer.Run("BEGIN; INSERT INTO app.source VALUES (9999, 'at the last moment', 0, '')").ok());
  RunningProgram copy = StartCopy();
  WaitUntil(
      "SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'ShareLock' AND NOT granted AND relation = "
      "'app.source'::regclass)");
  ASSERT_TRUE(writer.Commit().ok());
  const ProgramResult result = Finish(&copy);
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["rows"], 5001);
  ExpectExact();
}

// An open snapshot would make every CREATE INDEX CONCURRENTLY wait and hold back vacuum: it ends
// with the last COPY OUT, while the lock, which holds back neither, stays.
TEST_F(RuleOfACopy, TheSnapshotEndsWithTheCopyAndTheLockStays) {
  database_.Sql(
      "DROP TABLE app.target; CREATE FUNCTION app.pass_gate(int) RETURNS int IMMUTABLE LANGUAGE "
      "plpgsql AS "
      "$$BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(4711); RETURN $1; END$$;"
      "CREATE INDEX ON app.source (app.pass_gate(id))");
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = StartCopy({"--create"});
  WaitAtGate(1);
  EXPECT_EQ(Sessions("application_name = 'regraft/source-exporter'"), "0");
  EXPECT_EQ(Sessions("application_name LIKE 'regraft/source-%' AND backend_xmin IS NOT NULL"), "0");
  EXPECT_EQ(database_.Scalar(
                "SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND granted AND relation = "
                "'app.source'::regclass"),
            "1");
  gate->Open();
  ExpectExit(0, Finish(&copy));
  ExpectExact();
}

TEST_F(RuleOfACopy, ATableIsTheTargetOfOneCopyAndTheSourceOfTheNext) {
  ExpectExit(0, Copy());
  Invocation next = CopyCommand({"--create"});
  next.arguments[1] = "app.target";
  next.arguments[2] = "app.final";
  next.arguments[4] = "batch=1";
  ExpectExit(0, RunProgram(next));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM (SELECT *, '1' FROM app.target EXCEPT ALL "
                             "SELECT * FROM app.final) d"),
            "0");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.final"), "5000");
}

TEST_F(RuleOfACopy, APartitionedSourceIsReadLeafByLeaf) {
  database_.Sql(
      "ALTER TABLE app.source RENAME TO plain;"
      "CREATE TABLE app.source (LIKE app.plain) PARTITION BY RANGE (id);"
      "CREATE TABLE app.low PARTITION OF app.source FOR VALUES FROM (MINVALUE) TO (1000) PARTITION "
      "BY LIST (name);"
      "CREATE TABLE app.low_one PARTITION OF app.low FOR VALUES IN ('name 1', 'name 2');"
      "CREATE TABLE app.low_rest PARTITION OF app.low DEFAULT;"
      "CREATE TABLE app.empty PARTITION OF app.source FOR VALUES FROM (70000) TO (80000);"
      "CREATE TABLE app.rest PARTITION OF app.source DEFAULT; INSERT INTO app.source SELECT * FROM "
      "app.plain");
  const ProgramResult result = Copy({"--chunk-bytes", "64KiB"});
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["rows"], 5000);
  EXPECT_EQ(database_.Scalar(
                "SELECT string_agg(DISTINCT leaf_name, ' ' ORDER BY leaf_name) FROM regraft.chunk"),
            "empty low_one low_rest rest");
  ExpectExact();
}

TEST_F(RuleOfACopy, AParentWithInheritanceChildrenIsRefusedUntilItIsSaidWhatIsMeant) {
  database_.Sql(
      "CREATE TABLE app.child () INHERITS (app.source); INSERT INTO app.child VALUES (7000, 'of "
      "the child', 1, '')");
  ExpectExit(78, Copy(), "inheritance children, such as app.child");
  EXPECT_EQ(Document(Copy({"--children", "exclude"}))["rows"], 5000);
  ExpectExit(0, Copy({"--children", "exclude", "--discard"}));
  EXPECT_EQ(Document(Copy({"--children", "include"}))["rows"], 5001);
  ExpectExact();
}

TEST_F(RuleOfACopy, AViewIsOneChunk) {
  database_.Sql(
      "ALTER TABLE app.source RENAME TO plain; CREATE VIEW app.source AS SELECT * FROM app.plain "
      "WHERE id % 2 = 0");
  const ProgramResult result = Copy({"--chunk-bytes", "64KiB"});
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["chunks"], 1);
  ExpectExact();
}

// A range that the reader misses would be missing from both digests.
TEST_F(RuleOfACopy, APlainCountOfTheSourceMustEqualTheSumOverItsChunks) {
  AddFuse(2500);
  ExpectExit(1, Copy({"--chunk-bytes", "64KiB", "--jobs", "1"}), "P0001");
  RemoveFuse();
  database_.Sql("DELETE FROM regraft.chunk WHERE chunk = (SELECT max(chunk) FROM regraft.chunk)");
  for (int time = 0; time < 2; ++time) {
    const ProgramResult result = Copy();
    ExpectExit(2, result, "count(*) of app.source is 5000, but the chunks hold");
    EXPECT_NE(Document(result)["verified"], true);
  }
}

TEST_F(RuleOfACopy, AVolatileConditionIsRefused) {
  ExpectExit(78, Copy({"--where", "random() < 2"}), "is volatile");
  ExpectExit(78, Copy({"--where", "clock_timestamp() > '2000-01-01'"}), "is volatile");
  ExpectExit(0, Copy({"--where", "id % 2 = 0 AND name LIKE 'name%'"}));
  database_.Sql("DELETE FROM app.source WHERE id % 2 <> 0");
  ExpectExact();
}

TEST_F(RuleOfACopy, LessThanOneChunkIsOneLaneAndOneTransaction) {
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = StartCopy({"--jobs", "8"});
  WaitAtGate(1);
  EXPECT_EQ(Sessions("application_name LIKE 'regraft/target-writer/%'"), "1");
  gate->Open();
  ExpectExit(0, Finish(&copy));
  EXPECT_EQ(database_.Scalar("SELECT count(DISTINCT xmin::text) FROM app.target"), "1");
}

// The server answers COMMIT of a failed transaction with ROLLBACK, and calls that a success.
TEST_F(RuleOfACopy, ACommitThatIsAnsweredWithRollbackIsAnError) {
  pg::Connection session = database_.Connect();
  ASSERT_TRUE(session.Run("BEGIN").ok());
  EXPECT_FALSE(session.Run("SELECT 1 / 0").ok());
  EXPECT_THAT(std::string(session.Commit().message()),
              HasSubstr("COMMIT was answered with ROLLBACK"));
}

// Rows are told by the transaction that wrote them: that survives what maintenance does to them.
TEST_F(RuleOfACopy, VacuumFreezeAndFullBetweenCopyAndVerificationChangeNothing) {
  ExpectExit(0, Copy({"--no-verify", "--chunk-bytes", "64KiB"}));
  database_.Sql("VACUUM FREEZE app.target");
  database_.Sql("VACUUM FULL app.target");
  const ProgramResult result = Copy();
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["verified"], true);
  EXPECT_GT(Document(result)["chunks_verified"], 3);
}

TEST_F(RuleOfACopy, AnUpdateThatChangesNothingBetweenCopyAndVerificationIsFound) {
  ExpectExit(0, Copy({"--no-verify", "--chunk-bytes", "64KiB"}));
  database_.Sql("UPDATE app.target SET name = name WHERE id = 5");
  ExpectExit(2, Copy(), "which is not one of the copy's");
}

TEST_F(RuleOfACopy, AVerificationThatWasLeftOutIsNullAndNotTrue) {
  const auto document = Document(Copy({"--no-verify"}));
  EXPECT_EQ(document["verified"], nullptr);
  EXPECT_EQ(document["chunks_verified"], 0);
  EXPECT_EQ(document["rows"], 5000);
}

}  // namespace
}  // namespace regraft::support
