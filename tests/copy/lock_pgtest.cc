// Who waits for whom: writers of the source, other copies, maintenance.
#include "engine/base/deadline.h"
#include "engine/pg/error.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <thread>

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LockingCopy : public Copying {
 protected:
  LockingCopy() { MakeTables(20000); }

  // Runs a copy to the gate, does something, opens the gate, and returns how the copy ended.
  ProgramResult InTheMiddle(const Flags& flags, const std::function<void()>& act) {
    AddGate(/*free_rows=*/3000);
    Flags all = {"--chunk-bytes", "64KiB", "--jobs", "2"};
    all.insert(all.end(), flags.begin(), flags.end());
    Gate gate(database_);
    RunningProgram copy = StartCopy(all);
    WaitAtGate(2);
    act();
    gate.Open();
    const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
    if (!result.has_value()) ADD_FAILURE() << "the copy hangs: " << copy.ReadErrors();
    return result.value_or(ProgramResult{});
  }

  // The SQLSTATE with which a statement fails within a second, empty if it succeeds.
  std::string Try(const std::string& sql) {
    pg::Connection session = database_.Connect("bystander");
    EXPECT_TRUE(session.Run("SET lock_timeout = '1s'").ok());
    return pg::Sqlstate(session.Run(sql));
  }
};

TEST_F(LockingCopy, WritersOfTheSourceWaitAndReadersDoNot) {
  const ProgramResult result = InTheMiddle({}, [&] {
    EXPECT_EQ(Try("INSERT INTO app.source VALUES (0, '', 0, '')"), "55P03");
    EXPECT_EQ(Try("SELECT count(*) FROM app.source"), "");
    EXPECT_EQ(Try("INSERT INTO app.target (id, origin, gate) VALUES (0, 'y', 0)"), "");
    EXPECT_EQ(Try("VACUUM FULL app.source"), "55P03");
    EXPECT_EQ(Try("TRUNCATE app.source"), "55P03");
    EXPECT_EQ(Try("CREATE TRIGGER t BEFORE INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION "
                  "suppress_redundant_updates_trigger()"),
              "55P03");
    EXPECT_EQ(Try("TRUNCATE app.target"), "55P03");
  });
  ExpectExit(0, result, "writers of app.source wait about");
  EXPECT_THAT(result.errors, HasSubstr("the rows of others in app.target have changed meanwhile"));
  ExpectExact();
}

TEST_F(LockingCopy, AWriterOfTheSourceIsNamedByItsPidAndTheCopyGivesUp) {
  pg::Connection writer = database_.Connect("writer");
  pg::Connection reader = database_.Connect("innocent");
  ASSERT_TRUE(writer.Run("BEGIN; LOCK TABLE app.source IN ROW EXCLUSIVE MODE").ok());
  ASSERT_TRUE(reader.Run("BEGIN; SELECT count(*) FROM app.source").ok());
  const ProgramResult result = Copy({"--lock-wait", "1"});
  ExpectExit(4, result, "pid " + std::to_string(writer.backend_pid()) + " (regraft/writer");
  EXPECT_THAT(result.errors, Not(HasSubstr("innocent")));
  EXPECT_EQ(Document(result)["error"]["exit_code"], 4);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  ASSERT_TRUE(writer.Run("ROLLBACK").ok());
  ExpectExit(0, Copy());
  ExpectExact();
}

TEST_F(LockingCopy, AWriterOfAPartitionOfTheSourceIsNamed) {
  database_.Sql(
      "ALTER TABLE app.source RENAME TO leaf;"
      "CREATE TABLE app.source (LIKE app.leaf) PARTITION BY RANGE (id);"
      "ALTER TABLE app.source ATTACH PARTITION app.leaf DEFAULT");
  pg::Connection writer = database_.Connect("writer");
  ASSERT_TRUE(writer.Run("BEGIN; LOCK TABLE app.leaf IN ROW EXCLUSIVE MODE").ok());
  ExpectExit(4, Copy({"--lock-wait", "1"}), "pid " + std::to_string(writer.backend_pid()));
}

TEST_F(LockingCopy, ALockThatComesInTimeIsWaitedFor) {
  pg::Connection writer = database_.Connect("writer");
  ASSERT_TRUE(writer.Run("BEGIN; UPDATE app.source SET name = 'changed' WHERE id = 1").ok());
  RunningProgram copy = StartCopy();
  EXPECT_TRUE(copy.WaitForErrors("waiting for a SHARE lock on app.source",
                                 Deadline::After(std::chrono::seconds(30))));
  ASSERT_TRUE(writer.Commit().ok());
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result);
  ExpectExact();  // with the change that was committed while we waited
}

TEST_F(LockingCopy, WithoutALockWritersGoOnAndOneSnapshotIsCopied) {
  database_.Sql("CREATE TABLE app.as_it_was AS TABLE app.source");
  const ProgramResult result = InTheMiddle({"--no-lock"}, [&] {
    EXPECT_EQ(Try("UPDATE app.source SET name = 'later'"), "");
    EXPECT_EQ(Try("INSERT INTO app.source SELECT * FROM app.source"), "");
    EXPECT_EQ(Try("VACUUM FULL app.source"), "55P03");
    EXPECT_EQ(Try("TRUNCATE app.source"), "55P03");
  });
  ExpectExit(0, result);
  EXPECT_EQ(Document(result)["verified"], true);
  EXPECT_EQ(Document(result)["rows"], 20000);
  database_.Sql("DROP TABLE app.source; ALTER TABLE app.as_it_was RENAME TO source");
  ExpectExact();
}

TEST_F(LockingCopy, ARoleThatMayOnlySelectIsToldOfNoLock) {
  const std::string role = MakeRole("reader");
  database_.Sql("GRANT CREATE ON DATABASE " + database_.name() + " TO " + role +
                "; GRANT USAGE ON SCHEMA app TO " + role + "; GRANT SELECT ON app.source TO " +
                role + "; GRANT SELECT, INSERT ON app.target TO " + role);
  const ProgramResult refused = RunProgram(CopyCommandAs(role));
  ExpectExit(1, refused, "--no-lock");
  EXPECT_EQ(Document(refused)["error"]["sqlstate"], "42501");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  ExpectExit(0, RunProgram(CopyCommandAs(role, {"--no-lock"})));
  ExpectExact();
}

// A migration is under way: the column that it adds must not be left behind.
TEST_F(LockingCopy, AColumnThatTheSourceGetsWhileItsLockIsWaitedForStopsTheCopy) {
  pg::Connection migration = database_.Connect("migration");
  ASSERT_TRUE(migration.Run("BEGIN; LOCK TABLE app.source IN ROW EXCLUSIVE MODE").ok());
  RunningProgram copy = StartCopy();
  const auto deadline = Deadline::After(std::chrono::seconds(30));
  EXPECT_TRUE(copy.WaitForErrors("waiting for a SHARE lock on app.source", deadline));
  ASSERT_TRUE(migration.Run("ALTER TABLE app.source ADD extra int DEFAULT 5").ok());
  ASSERT_TRUE(migration.Commit().ok());
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(1, *result, "app.source has got other columns");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  ExpectExit(78, Copy(), "extra");
}

TEST_F(LockingCopy, ATriggerThatTheTargetGetsWhileTheLockIsWaitedForStopsTheCopy) {
  pg::Connection writer = database_.Connect("writer");
  ASSERT_TRUE(writer.Run("BEGIN; LOCK TABLE app.source IN ROW EXCLUSIVE MODE").ok());
  RunningProgram copy = StartCopy();
  const auto deadline = Deadline::After(std::chrono::seconds(30));
  EXPECT_TRUE(copy.WaitForErrors("waiting for a SHARE lock on app.source", deadline));
  database_.Sql(
      "CREATE TRIGGER t BEFORE UPDATE OR INSERT ON app.target FOR EACH STATEMENT "
      "EXECUTE FUNCTION suppress_redundant_updates_trigger()");
  ASSERT_TRUE(writer.Commit().ok());
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(1, *result, "app.target has got other columns, partitions, triggers");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  ExpectExit(78, Copy(), "trigger \"t\"");
}

TEST_F(LockingCopy, AnExclusiveLockOnEitherTableEndsTheCopyInTime) {
  for (const char* table : {"app.source", "app.target"}) {
    pg::Connection holder = database_.Connect("holder");
    ASSERT_TRUE(holder.Run(std::string("BEGIN; LOCK TABLE ") + table).ok());
    ExpectExit(4, Copy({"--lock-wait", "1"}), "lock");
    ExpectExit(4, Copy({"--lock-wait", "1", "--no-lock"}), "lock");
  }
  ExpectExit(0, Copy());
}

TEST_F(LockingCopy, TwoProgramsWithOneTargetAndDiscriminatorExcludeEachOther) {
  const ProgramResult first = InTheMiddle({}, [&] {
    const ProgramResult second = Copy({"--lock-wait", "1"});
    ExpectExit(4, second, "another copy into this target under this discriminator");
    EXPECT_THAT(second.errors, HasSubstr("regraft/copy-lock"));
  });
  ExpectExit(0, first);
  ExpectExact();
}

TEST_F(LockingCopy, TwoProgramsAtOnceAreExactTogether) {
  for (const bool create : {false, true}) {
    database_.Sql(create ? "DROP TABLE app.target" : "TRUNCATE app.target");
    Flags flags = {"--chunk-bytes", "64KiB"};
    if (create) flags.emplace_back("--create");
    RunningProgram first = StartCopy(flags);
    RunningProgram second = StartCopy(flags);
    const auto one = first.Wait(Deadline::After(std::chrono::seconds(100)));
    const auto two = second.Wait(Deadline::After(std::chrono::seconds(100)));
    ASSERT_TRUE(one.has_value() && two.has_value());
    ExpectExit(0, *one);
    ExpectExit(0, *two);
    EXPECT_NE(Document(*one)["already_done"], Document(*two)["already_done"]);
    ExpectExact();
  }
}

}  // namespace
}  // namespace regraft::support
