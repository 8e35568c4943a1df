// --discard removes exactly the rows of the copy, or nothing.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

class DiscardingACopy : public Copying {
 protected:
  DiscardingACopy() {
    MakeTables(2000);
    database_.Sql(
        "INSERT INTO app.target SELECT i, 'others', 1, 'kept', 'y' FROM generate_series(1, 500) AS "
        "i");
  }

  std::string Rows(const std::string& origin) {
    return database_.Scalar("SELECT count(*) FROM app.target WHERE origin = '" + origin + "'");
  }
};

TEST_F(DiscardingACopy, RemovesItsRowsAndKeepsThoseOfOthers) {
  ExpectExit(0, Copy());
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (501, 'y')");
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(Rows("x"), "0");
  EXPECT_EQ(Rows("y"), "501");
  ExpectExit(78, Copy({"--discard"}), "nothing to discard");
  ExpectExit(0, Copy());
  ExpectExact();
}

TEST_F(DiscardingACopy, RemovesAllRunsOfIt) {
  ExpectExit(0, Copy());
  ExpectExit(0, Copy({"--again"}));
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(Rows("x"), "0");
  EXPECT_EQ(Rows("y"), "500");
}

TEST_F(DiscardingACopy, RefusesWhenARowWasChanged) {
  ExpectExit(0, Copy());
  database_.Sql("UPDATE app.target SET note = 'edited' WHERE origin = 'x' AND id = 5");
  ExpectExit(2, Copy({"--discard"}), "nothing was removed");
  EXPECT_EQ(Rows("x"), "2000");
}

TEST_F(DiscardingACopy, RefusesWhenARowWasDeletedOrAdded) {
  ExpectExit(0, Copy());
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (1, 'x')");
  ExpectExit(2, Copy({"--discard"}), "2000 rows were written, 2001 are there");
  EXPECT_EQ(Rows("x"), "2001");
}

TEST_F(DiscardingACopy, RefusesWhenADefaultedColumnWasChanged) {
  database_.Sql("ALTER TABLE app.target ADD flag boolean DEFAULT false");
  ExpectExit(0, Copy());
  database_.Sql("UPDATE app.target SET flag = true WHERE origin = 'x' AND id = 5");
  ExpectExit(2, Copy({"--discard"}), "columns that the copy did not fill have changed");
  EXPECT_EQ(Rows("x"), "2000");
}

TEST_F(DiscardingACopy, RefusesWhenACascadeWouldDeleteRowsOfOthers) {
  database_.Sql(
      "ALTER TABLE app.target ADD target_id bigint GENERATED ALWAYS AS IDENTITY UNIQUE;"
      "CREATE TABLE app.child (target_id bigint REFERENCES app.target (target_id) ON DELETE "
      "CASCADE)");
  ExpectExit(0, Copy());
  database_.Sql(
      "INSERT INTO app.child SELECT target_id FROM app.target WHERE origin = 'x' LIMIT 3");
  ExpectExit(2, Copy({"--discard"}), "3 rows of app.child reference copied rows");
  EXPECT_EQ(Rows("x"), "2000");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.child"), "3");
  database_.Sql("DELETE FROM app.child");
  database_.Sql(
      "INSERT INTO app.child SELECT target_id FROM app.target WHERE origin = 'y' LIMIT 3");
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.child"), "3");
}

// Another session's reference is on its way while the copy is discarded: it must not be swept away.
TEST_F(DiscardingACopy, SeesAReferenceThatIsNotYetCommitted) {
  database_.Sql(
      "ALTER TABLE app.target ADD target_id bigint GENERATED ALWAYS AS IDENTITY UNIQUE;"
      "CREATE TABLE app.child (target_id bigint REFERENCES app.target (target_id) ON DELETE "
      "CASCADE)");
  ExpectExit(0, Copy());
  pg::Connection session = database_.Connect("child-writer");
  ASSERT_TRUE(session
                  .Run("BEGIN; INSERT INTO app.child SELECT target_id FROM app.target WHERE origin "
                       "= 'x' LIMIT 1")
                  .ok());
  RunningProgram discarding = StartCopy({"--discard"});
  WaitUntil(
      "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = "
      "'regraft/target-discard' AND "
      "wait_event_type = 'Lock' AND datname = current_database())");
  ASSERT_TRUE(session.Commit().ok());
  const auto result = discarding.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(2, *result, "1 rows of app.child reference copied rows");
  EXPECT_EQ(Rows("x"), "2000");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.child"), "1");
}

TEST_F(DiscardingACopy, RefusesWhenATriggerKeepsARow) {
  ExpectExit(0, Copy());
  database_.Sql(
      "CREATE FUNCTION app.keep() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN IF OLD.id = 5 THEN RETURN NULL; END IF; RETURN OLD; END$$;"
      "CREATE TRIGGER keep BEFORE DELETE ON app.target FOR EACH ROW EXECUTE FUNCTION app.keep()");
  ExpectExit(78, Copy({"--discard"}), "the triggers keep would act on the rows");
  ExpectExit(2, Copy({"--discard", "--allow", "trigger-fires"}), "nothing was removed");
  EXPECT_EQ(Rows("x"), "2000");
}

TEST_F(DiscardingACopy, RemovesWhatAnUnfinishedCopyHasLeft) {
  AddFuse(1990);
  ExpectExit(1, Copy({"--chunk-bytes", "64KiB", "--jobs", "1"}), "P0001");
  EXPECT_NE(Rows("x"), "0");
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(Rows("x"), "0");
  EXPECT_EQ(Rows("y"), "500");
}

TEST_F(DiscardingACopy, DropsTheTargetThatItMade) {
  database_.Sql("DROP TABLE app.target");
  ExpectExit(0, Copy({"--create"}));
  ExpectExit(0, Copy({"--create", "--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.target') IS NULL"), "t");
}

TEST_F(DiscardingACopy, KeepsATargetItMadeThatOthersNowUse) {
  database_.Sql("DROP TABLE app.target");
  ExpectExit(0, Copy({"--create"}));
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (1, 'y')");
  ExpectExit(0, Copy({"--create", "--discard"}));
  EXPECT_EQ(Rows("y"), "1");
}

TEST_F(DiscardingACopy, SaysThatRowsWithoutADiscriminatorCannotBeTold) {
  database_.Sql("ALTER TABLE app.target DROP origin");
  Invocation command = CopyCommand({"--allow", "no-provenance"});
  command.arguments.erase(command.arguments.begin() + 3, command.arguments.begin() + 5);
  ExpectExit(0, RunProgram(command));
  command.arguments.emplace_back("--discard");
  ExpectExit(78, RunProgram(command), "cannot be told from others");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "2500");
}

}  // namespace
}  // namespace regraft::support
