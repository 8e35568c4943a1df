// The server changes, drops, swaps or adds rows: the copy must find it and exit 2.
#include "engine/base/deadline.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SabotagedCopy : public Copying {
 protected:
  SabotagedCopy() {
    MakeTables(5000);
    database_.Sql(
        "INSERT INTO app.target SELECT i, 'others', 1, '', 'y' FROM generate_series(1, 100) AS i");
  }

  void AddTrigger(const std::string& body, const std::string& when = "BEFORE") {
    database_.Sql("CREATE FUNCTION app.sabotage() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " +
                  body + " END$$; CREATE TRIGGER sabotage " + when +
                  " INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION app.sabotage()");
  }

  // Refused without its hazard; with it, found: at the first run and at every later one.
  void ExpectFound(std::string_view words) {
    ExpectExit(78, Copy(), "trigger \"sabotage\" (app.sabotage)");
    const ProgramResult result = Copy({"--allow", "trigger-fires", "--chunk-bytes", "64KiB"});
    ExpectExit(2, result, words);
    const auto document = Document(result);
    EXPECT_EQ(document["verified"], false);
    EXPECT_EQ(document["error"]["exit_code"], 2);
    EXPECT_GT(document["chunks"], 1);
    ExpectExit(2, Copy({"--allow", "trigger-fires"}), words);
  }
};

TEST_F(SabotagedCopy, ATriggerThatChangesOneValueIsFound) {
  AddTrigger("IF NEW.id = 4001 THEN NEW.amount := NEW.amount + 1; END IF; RETURN NEW;");
  ExpectFound("are not the ones that were written");
}

TEST_F(SabotagedCopy, ATriggerThatChangesOnlyTheScaleIsFound) {
  AddTrigger("IF NEW.id = 4001 THEN NEW.amount := round(NEW.amount, 30); END IF; RETURN NEW;");
  ExpectFound("are not the ones that were written");
}

TEST_F(SabotagedCopy, ATriggerThatTurnsEmptyIntoNullIsFound) {
  database_.Sql("UPDATE app.source SET note = '' WHERE id = 17");
  AddTrigger("NEW.note := nullif(NEW.note, ''); RETURN NEW;");
  ExpectFound("are not the ones that were written");
}

TEST_F(SabotagedCopy, ATriggerThatDropsARowIsFound) {
  AddTrigger("IF NEW.id = 4000 THEN RETURN NULL; END IF; RETURN NEW;");
  ExpectFound("rows were written");
}

TEST_F(SabotagedCopy, ATriggerThatDropsEveryRowIsFound) {
  AddTrigger("RETURN NULL;");
  ExpectExit(2, Copy({"--allow", "trigger-fires"}), "5000 rows were written, 0 are there");
}

TEST_F(SabotagedCopy, ATriggerThatSwapsTheValuesOfTwoColumnsIsFound) {
  database_.Sql("UPDATE app.source SET note = 'other' WHERE id = 302");
  AddTrigger(
      "IF NEW.id = 302 THEN SELECT NEW.note, NEW.name INTO NEW.name, NEW.note; END IF; RETURN "
      "NEW;");
  ExpectFound("are not the ones that were written");
}

// Every value is still there, in the wrong row of the same chunk.
TEST_F(SabotagedCopy, ATriggerThatSwapsTheValuesOfTwoRowsIsFound) {
  AddTrigger(
      "NEW.name := CASE NEW.id WHEN 1001 THEN 'name 1002' WHEN 1002 THEN 'name 1001' ELSE NEW.name "
      "END; RETURN NEW;");
  ExpectFound("are not the ones that were written");
}

TEST_F(SabotagedCopy, ATriggerThatTakesTheDiscriminatorAwayIsFound) {
  AddTrigger("IF NEW.id = 4000 THEN NEW.origin := 'y'; END IF; RETURN NEW;");
  ExpectFound("rows were written");
}

TEST_F(SabotagedCopy, ATriggerThatAddsARowIsFound) {
  AddTrigger(
      "IF NEW.id = 4000 AND NEW.name <> 'added' THEN INSERT INTO app.target VALUES (4000, 'added', "
      "1, '', 'x'); "
      "END IF; RETURN NULL;",
      "AFTER");
  ExpectFound("rows were written");
}

TEST_F(SabotagedCopy, ATriggerThatChangesRowsOfOthersIsFound) {
  AddTrigger(
      "IF NEW.id = 4000 THEN UPDATE app.target SET name = 'taken' WHERE origin = 'y' AND id = 1; "
      "END IF; RETURN NEW;");
  ExpectFound("the rows of others in app.target have changed meanwhile: 100 before, 100 now");
}

TEST_F(SabotagedCopy, ATriggerThatChangesNothingIsLetThrough) {
  database_.Sql("CREATE TABLE app.log (id int)");
  AddTrigger("INSERT INTO app.log VALUES (NEW.id); RETURN NEW;");
  ExpectExit(0, Copy({"--allow", "trigger-fires"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.log"), "5000");
  ExpectExact();
}

// The application's triggers name tables by the role's search path.
TEST_F(SabotagedCopy, ATriggerSeesTheSearchPathOfTheRole) {
  database_.Sql("CREATE TABLE app.log (id int); ALTER DATABASE " + database_.name() +
                " SET search_path = app, public");
  AddTrigger("INSERT INTO log VALUES (NEW.id); RETURN NEW;");
  ExpectExit(0, Copy({"--allow", "trigger-fires"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.log"), "5000");
}

TEST_F(SabotagedCopy, ARowChangedAfterItsChunkCommittedAndBeforeTheReadBackIsFound) {
  AddGate(/*free_rows=*/2500);
  Gate gate(database_);
  RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "2"});
  WaitAtGate(2);
  database_.Sql(
      "UPDATE app.target SET name = name WHERE ctid = (SELECT min(ctid) FROM app.target WHERE "
      "origin = 'x')");
  gate.Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(2, *result, "which is not one of the copy's");
  EXPECT_EQ(Document(*result)["verified"], false);
  EXPECT_LT(Document(*result)["chunks_verified"], Document(*result)["chunks"]);
}

TEST_F(SabotagedCopy, RowsSwappedBetweenTwoChunksAfterTheirCommitAreFound) {
  AddGate(/*free_rows=*/2500);
  Gate gate(database_);
  RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "1"});
  WaitAtGate(1);
  database_.Sql("UPDATE app.target SET id = 5000000 - id WHERE origin = 'x'");
  database_.Sql("UPDATE app.target SET id = 5000000 - id WHERE origin = 'x'");
  gate.Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(2, *result, "0 are there");
}

TEST_F(SabotagedCopy, RowsOfOthersThatOthersChangeAreANoticeAndNoFinding) {
  AddGate(/*free_rows=*/2500);
  Gate gate(database_);
  RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "2"});
  WaitAtGate(2);
  database_.Sql("UPDATE app.target SET name = 'mine' WHERE origin = 'y'");
  gate.Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result,
             "the rows of others in app.target have changed meanwhile: 100 before, 100 now");
  ExpectExact();
}

}  // namespace
}  // namespace regraft::support
