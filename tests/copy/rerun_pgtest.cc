// The same command again: what it does depends on what the ledger and the rows say.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

class CopyAgain : public Copying {
 protected:
  CopyAgain() { MakeTables(3000); }

  std::string Target() { return database_.Scalar("SELECT count(*) FROM app.target"); }
};

TEST_F(CopyAgain, AFinishedCopyIsVerifiedAgainAndChangesNothing) {
  ExpectExit(0, Copy({"--chunk-bytes", "64KiB"}));
  const std::string before = database_.Scalar(
      "SELECT md5(string_agg(t::text || xmin, '' ORDER BY ctid)) FROM app.target t");
  const ProgramResult again = Copy({"--jobs", "1"});
  ExpectExit(0, again);
  const auto document = Document(again);
  EXPECT_EQ(document["already_done"], true);
  EXPECT_EQ(document["verified"], true);
  EXPECT_EQ(document["rows"], 3000);
  EXPECT_EQ(document["chunks"], document["chunks_verified"]);
  EXPECT_EQ(before,
            database_.Scalar(
                "SELECT md5(string_agg(t::text || xmin, '' ORDER BY ctid)) FROM app.target t"));
}

TEST_F(CopyAgain, RowsThatAreAllGoneAreCopiedAgainAndItSaysSo) {
  ExpectExit(0, Copy());
  database_.Sql("TRUNCATE app.target");
  const ProgramResult again = Copy();
  ExpectExit(0, again, "starts over");
  EXPECT_EQ(Document(again)["already_done"], false);
  EXPECT_EQ(Document(again)["rows"], 3000);
  ExpectExact();
}

TEST_F(CopyAgain, StartingOverStillOwesTheIndexesOfTheTargetThatWasMade) {
  database_.Sql("DROP TABLE app.target; CREATE INDEX ON app.source (name)");
  ExpectExit(0, Copy({"--create"}));
  database_.Sql(
      "TRUNCATE app.target; DROP INDEX app.target_name_idx; UPDATE regraft.step SET done_at = "
      "NULL");
  ExpectExit(0, Copy({"--create"}), "starts over");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_indexes WHERE tablename = 'target'"), "1");
  ExpectExit(0, Copy({"--create", "--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.target') IS NULL"), "t");
}

TEST_F(CopyAgain, AMissingRowIsADifferenceAndNothingIsCopied) {
  ExpectExit(0, Copy());
  database_.Sql("DELETE FROM app.target WHERE ctid = '(3,3)'");
  const ProgramResult again = Copy();
  ExpectExit(2, again, "3000 rows were written, 2999 are there");
  EXPECT_EQ(Document(again)["verified"], false);
  EXPECT_EQ(Target(), "2999");
}

TEST_F(CopyAgain, AChangedValueIsADifference) {
  ExpectExit(0, Copy());
  database_.Sql("UPDATE app.target SET amount = round(amount, 30) WHERE id = 1");
  ExpectExit(2, Copy(), "are not the ones that were written");
}

TEST_F(CopyAgain, AChangedDefaultedColumnIsADifferenceEveryTime) {
  database_.Sql("ALTER TABLE app.target ADD flag boolean DEFAULT false");
  ExpectExit(0, Copy());
  database_.Sql("UPDATE app.target SET flag = true WHERE id = 1");
  ExpectExit(2, Copy(), "did not fill");
  ExpectExit(2, Copy(), "did not fill");
  ExpectExit(2, Copy({"--discard"}), "nothing was removed");
  database_.Sql("UPDATE app.target SET flag = false WHERE id = 1");
  ExpectExit(0, Copy());
}

TEST_F(CopyAgain, AColumnAddedToTheTargetLaterIsNoDifference) {
  ExpectExit(0, Copy());
  database_.Sql("ALTER TABLE app.target ADD later int DEFAULT 7");
  ExpectExit(0, Copy());
  ExpectExit(0, Copy({"--discard"}));
  EXPECT_EQ(Target(), "0");
}

TEST_F(CopyAgain, AgainAppendsEachTimeAndTotalsCoverAllRuns) {
  ExpectExit(0, Copy());
  const auto second = Document(Copy({"--again"}));
  EXPECT_EQ(second["rows"], 6000);
  const ProgramResult third = Copy({"--again", "--chunk-bytes", "64KiB"});
  ExpectExit(0, third);
  const auto document = Document(third);
  EXPECT_EQ(document["rows"], 9000);
  EXPECT_EQ(document["chunks"], document["chunks_verified"]);
  EXPECT_GT(document["chunks"], 3);
  EXPECT_EQ(Target(), "9000");
  EXPECT_EQ(
      database_.Scalar(
          "SELECT count(*) FROM (SELECT * FROM app.target EXCEPT ALL (SELECT *, 'x' FROM "
          "app.source "
          "UNION ALL SELECT *, 'x' FROM app.source UNION ALL SELECT *, 'x' FROM app.source)) d"),
      "0");
  EXPECT_EQ(Document(Copy())["rows"], 9000);
}

TEST_F(CopyAgain, AgainRefusesWhereARowOfAnEarlierRunIsMissing) {
  ExpectExit(0, Copy());
  database_.Sql("DELETE FROM app.target WHERE id = 1");
  ExpectExit(2, Copy({"--again"}), "3000");
  EXPECT_EQ(Target(), "2999");
}

TEST_F(CopyAgain, AgainRefusesWhereOthersAddedRowsWithTheDiscriminator) {
  ExpectExit(0, Copy());
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (1, 'x')");
  ExpectExit(2, Copy({"--again"}), "3001");
  EXPECT_EQ(Target(), "3001");
}

TEST_F(CopyAgain, AnEmptySourceIsOneChunkOfNoRows) {
  database_.Sql("TRUNCATE app.source");
  for (const bool already : {false, true}) {
    const ProgramResult result = Copy();
    ExpectExit(0, result);
    const auto document = Document(result);
    EXPECT_EQ(document["rows"], 0);
    EXPECT_EQ(document["chunks"], 1);
    EXPECT_EQ(document["chunks_verified"], 1);
    EXPECT_EQ(document["verified"], true);
    EXPECT_EQ(document["already_done"], already);
  }
}

TEST_F(CopyAgain, ADiscriminatorOfOthersIsRefusedWithTheCount) {
  database_.Sql("INSERT INTO app.target (id, origin) VALUES (1, 'x'), (2, 'x'), (3, 'y')");
  ExpectExit(78, Copy(), "already holds 2 rows with origin=x");
  EXPECT_EQ(Target(), "3");
}

TEST_F(CopyAgain, TheDiscriminatorOfAnotherCopyIsRefused) {
  ExpectExit(0, Copy());
  database_.Sql("CREATE TABLE app.other AS TABLE app.source");
  Invocation other = CopyCommand();
  other.arguments[1] = "app.other";
  ExpectExit(78, RunProgram(other), "already holds 3000 rows");
  EXPECT_EQ(Target(), "3000");
}

TEST_F(CopyAgain, RestartCopiesAFinishedCopyFromTheBeginning) {
  ExpectExit(0, Copy());
  database_.Sql("UPDATE app.source SET name = 'new' WHERE id < 10");
  ExpectExit(0, Copy({"--restart"}));
  ExpectExact();
}

TEST_F(CopyAgain, TheReportHasEveryMemberOnFailureToo) {
  AddFuse(2990);
  const ProgramResult failed = Copy({"--chunk-bytes", "64KiB", "--jobs", "1"});
  ExpectExit(1, failed, "SQLSTATE P0001");
  const auto document = Document(failed);
  for (const char* member :
       {"rows", "bytes", "chunks", "chunks_verified", "verified", "already_done", "source_digest",
        "written_digest", "seconds", "jobs", "max_memory_bytes", "error"})
    EXPECT_TRUE(document.contains(member)) << member;
  EXPECT_EQ(document["verified"], nullptr);
  EXPECT_EQ(document["error"]["sqlstate"], "P0001");
  EXPECT_EQ(document["rows"].dump(), database_.Scalar("SELECT count(*) FROM app.target"));
  EXPECT_GT(document["rows"], 0);
  EXPECT_GT(document["chunks"], 1);
  RemoveFuse();
  const auto cured = Document(Copy());
  EXPECT_EQ(cured["rows"], 3000);
  EXPECT_EQ(cured["source_digest"].get<std::string>().size(), 32U);
  ExpectExact();
}

}  // namespace
}  // namespace regraft::support
