// An interrupted copy goes on where it stopped, after it has proved that its source is still the
// same.
#include "engine/base/deadline.h"
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

class ResumedCopy : public Copying {
 protected:
  ResumedCopy() { MakeTables(20000); }

  // A copy that the server has failed after about half of its chunks.
  void CopyHalf(const Flags& flags = {}) {
    AddFuse(10000);
    Flags all = {"--chunk-bytes", "64KiB", "--jobs", "2"};
    all.insert(all.end(), flags.begin(), flags.end());
    ExpectExit(1, Copy(all), "P0001");
    ExpectNoHalfChunk();
    EXPECT_GT(std::stoi(DoneChunks()), 2);
    RemoveFuse();
  }

  std::string Target() { return database_.Scalar("SELECT count(*) FROM app.target"); }
};

TEST_F(ResumedCopy, KeepsItsChunksUnderOtherJobsAndChunkBytes) {
  CopyHalf();
  const std::string done = DoneChunks(),
                    chunks = database_.Scalar("SELECT count(*) FROM regraft.chunk");
  const ProgramResult result = Copy({"--jobs", "3", "--chunk-bytes", "1MiB"});
  ExpectExit(0, result, "continuing run 1: " + done + " of " + chunks + " chunks are done");
  const auto document = Document(result);
  EXPECT_EQ(document["chunks"].dump(), chunks);
  EXPECT_EQ(document["chunks_verified"].dump(), chunks);
  EXPECT_EQ(document["rows"], 20000);
  EXPECT_EQ(document["already_done"], false);
  ExpectExact();
}

TEST_F(ResumedCopy, RefusesWhereADoneChunkOfTheSourceHasChangedAndRestartCuresIt) {
  CopyHalf();
  database_.Sql("UPDATE app.source SET name = 'changed' WHERE ctid = '(0,1)'");
  const std::string before = Target();
  const ProgramResult refused = Copy();
  ExpectExit(2, refused, "app.source chunk 0 (blocks 0 to");
  EXPECT_THAT(refused.errors, HasSubstr("--restart"));
  EXPECT_EQ(Target(), before) << "nothing may be copied";
  ExpectExit(2, Copy(), "chunk 0");
  ExpectExit(0, Copy({"--restart"}));
  ExpectExact();
}

TEST_F(ResumedCopy, RefusesAfterASwapWithinADoneChunk) {
  CopyHalf();
  database_.Sql("UPDATE app.source SET name = 'name ' || 3 - id WHERE id IN (1, 2)");
  ExpectExit(2, Copy(), "the source has changed");
}

TEST_F(ResumedCopy, RefusesAfterTruncateAndRefill) {
  CopyHalf();
  database_.Sql(
      "CREATE TABLE app.kept AS TABLE app.source; TRUNCATE app.source; "
      "INSERT INTO app.source SELECT * FROM app.kept ORDER BY id DESC");
  ExpectExit(2, Copy(), "the source has changed");
  ExpectExit(0, Copy({"--restart"}));
  ExpectExact();
}

TEST_F(ResumedCopy, RefusesAfterTruncate) {
  CopyHalf();
  database_.Sql("TRUNCATE app.source");
  ExpectExit(2, Copy(), "the source has changed");
  ExpectExit(0, Copy({"--restart"}));
  EXPECT_EQ(Target(), "0");
}

TEST_F(ResumedCopy, RefusesAfterVacuumFullHasMovedRows) {
  database_.Sql("DELETE FROM app.source WHERE id % 3 = 0");
  database_.Sql("INSERT INTO app.source SELECT id + 20000, name, amount, note FROM app.source");
  CopyHalf();
  database_.Sql("VACUUM FULL app.source");
  ExpectExit(2, Copy(), "the source has changed");
  ExpectExit(0, Copy({"--restart"}));
  ExpectExact();
}

TEST_F(ResumedCopy, TakesWhatHasBeenAddedBehindTheDoneChunks) {
  CopyHalf();
  database_.Sql(
      "INSERT INTO app.source SELECT i, 'added', 1, repeat('n', 60) FROM generate_series(30000, "
      "32000) AS i");
  ExpectExit(0, Copy());
  EXPECT_EQ(Target(), "22001");
  ExpectExact();
}

TEST_F(ResumedCopy, RefusesWhereItsRowsAreGoneFromTheTarget) {
  CopyHalf();
  database_.Sql("DELETE FROM app.target WHERE ctid = (SELECT min(ctid) FROM app.target)");
  const std::string before = Target();
  ExpectExit(2, Copy(), "somebody has removed or added some");
  EXPECT_EQ(Target(), before);
}

TEST_F(ResumedCopy, StartsOverWhereAllItsRowsAreGoneFromTheTarget) {
  CopyHalf();
  database_.Sql("TRUNCATE app.target");
  ExpectExit(0, Copy(), "it starts over");
  ExpectExact();
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(Target(), "0");
}

TEST_F(ResumedCopy, RefusesWhereOthersHaveAddedRowsWithItsDiscriminator) {
  CopyHalf();
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (1, 'x')");
  ExpectExit(2, Copy(), "somebody has removed or added some");
}

TEST_F(ResumedCopy, RefusesWhereAValueOfADoneRowHasChangedInTheTarget) {
  CopyHalf();
  database_.Sql(
      "UPDATE app.target SET name = 'changed' WHERE ctid = (SELECT min(ctid) FROM app.target)");
  ExpectExit(2, Copy(), "which is not one of the copy's");
}

TEST_F(ResumedCopy, RefusesWhereAColumnOfTheTargetHasAnotherType) {
  CopyHalf();
  database_.Sql("ALTER TABLE app.target ALTER id TYPE bigint");
  ExpectExit(2, Copy(), "have changed since this copy began");
}

TEST_F(ResumedCopy, MakesTheIndexesThatAKilledRunStillOwed) {
  database_.Sql("DROP TABLE app.target; CREATE INDEX by_name ON app.source (name)");
  ExpectExit(0, Copy({"--create"}));
  database_.Sql(
      "DROP INDEX app.target_name_idx; UPDATE regraft.step SET done_at = NULL; UPDATE regraft.run "
      "SET state = 'copied'");
  ExpectExit(0, Copy({"--create", "--no-verify"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_indexes WHERE tablename = 'target'"), "1");
  ExpectExact();
}

// The dead program's server process sits in a lock and does not notice that nobody is there any
// more.
TEST_F(ResumedCopy, EndsTheSessionsThatADeadProgramHasLeft) {
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = StartCopy({"--chunk-bytes", "64KiB", "--jobs", "2"});
  WaitAtGate(2);
  copy.Kill(SIGKILL);
  copy.Wait(Deadline::After(std::chrono::seconds(10)));
  WaitAtGate(2);
  RunningProgram next = StartCopy();
  EXPECT_TRUE(next.WaitForErrors("ending 2 sessions that an earlier run left behind",
                                 Deadline::After(std::chrono::seconds(30))));
  gate->Open();
  const auto result = next.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result);
  ExpectExact();
}

TEST_F(ResumedCopy, DoesNotTouchTheRowsOfAnotherUnfinishedCopyIntoTheSameTarget) {
  CopyHalf();
  database_.Sql("CREATE TABLE app.other AS TABLE app.source");
  Invocation other = CopyCommand();
  other.arguments[1] = "app.other";
  other.arguments[4] = "origin=z";
  ExpectExit(0, RunProgram(other));
  ExpectExit(0, Copy({"--restart"}));
  ExpectExact();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE origin = 'z'"), "20000");
  ExpectExit(0, RunProgram(other));
}

}  // namespace
}  // namespace regraft::support
