// Somebody writes to the target or the ledger behind the program's back: `regraft verify` and the
// copy command itself must see it.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TamperedCopy : public Copying {
 protected:
  TamperedCopy() {
    MakeTables(3000);
    database_.Sql(
        "TRUNCATE app.source; INSERT INTO app.source SELECT i, 'name ' || i, "
        "CASE WHEN i % 5 > 0 THEN i / 8.0 END, repeat('n', 60) FROM generate_series(1, 3000) AS i;"
        "ALTER TABLE app.source ADD PRIMARY KEY (id)");
    database_.Sql("DELETE FROM app.source WHERE ctid >= '(16,0)' AND ctid < '(24,0)'");
    ExpectExit(0, Copy({"--chunk-bytes", "64KiB"}));
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.chunk_done WHERE rows = 0"), "1");
  }

  [[nodiscard]] ProgramResult Verify() const {
    return RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()},
                       .environment = {{"DATABASE_URL", std::nullopt}}});
  }

  // The harm is found by both verbs, and by both again; nothing in the target changes.
  void ExpectFound(const std::string& harm, const std::string& words, Here here = {}) {
    SCOPED_TRACE(harm);
    ExpectVerified(here);
    database_.Sql(harm, here);
    for (int time = 0; time < 2; ++time) {
      const ProgramResult verify = Verify();
      EXPECT_EQ(verify.exit_code, 2) << verify.output << verify.errors;
      EXPECT_THAT(verify.output, HasSubstr(words));
      ExpectExit(2, Copy(), "", here);
    }
  }

  void ExpectVerified(Here here) {
    const ProgramResult verify = Verify();
    if (verify.exit_code != 0) ADD_FAILURE_AT(here.file, here.line) << verify.output;
    ExpectExit(0, Copy(), "", here);
  }
};

TEST_F(TamperedCopy, AChangedValue) {
  ExpectFound("UPDATE app.target SET amount = round(amount, 20) WHERE id = 9", "changed, amount");
}
TEST_F(TamperedCopy, AZeroInPlaceOfNull) {
  ExpectFound("UPDATE app.target SET amount = 0 WHERE id = 10", "changed, amount: NULL is now");
}
TEST_F(TamperedCopy, AMissingRow) { ExpectFound("DELETE FROM app.target WHERE id = 9", "missing"); }
TEST_F(TamperedCopy, AnExtraRow) {
  ExpectFound("INSERT INTO app.target VALUES (99999, 'extra', 1, '', 'x')", "extra");
}
TEST_F(TamperedCopy, ADuplicatedRow) {
  ExpectFound("INSERT INTO app.target SELECT * FROM app.target WHERE id = 9", "duplicated");
}
TEST_F(TamperedCopy, OneRowInPlaceOfAnother) {
  ExpectFound(
      "INSERT INTO app.target SELECT * FROM app.target WHERE id = 9; DELETE FROM app.target WHERE "
      "id = 10",
      "missing");
}
TEST_F(TamperedCopy, TwoValuesThatChangedPlaces) {
  ExpectFound("UPDATE app.target SET name = 'name ' || 19 - id WHERE id IN (9, 10)",
              "changed, name");
}
TEST_F(TamperedCopy, ADiscriminatorThatWasTakenAway) {
  ExpectFound("UPDATE app.target SET origin = 'y' WHERE id = 9", "missing");
}
TEST_F(TamperedCopy, AChangedSource) {
  database_.Sql("UPDATE app.source SET name = 'changed' WHERE id = 9");
  const ProgramResult verify = Verify();
  EXPECT_EQ(verify.exit_code, 2);
  EXPECT_THAT(verify.output, HasSubstr("source changed"));
}

// The ledger against itself: an entry that is gone, be it of a chunk without rows, or that says
// something else.
TEST_F(TamperedCopy, AChunkThatIsNoLongerRecordedAsDone) {
  ExpectFound("DELETE FROM regraft.chunk_done WHERE chunk = 0", "chunks are recorded as done");
}
TEST_F(TamperedCopy, AChunkWithoutRowsThatIsNoLongerRecordedAsDone) {
  ExpectFound("DELETE FROM regraft.chunk_done WHERE rows = 0", "chunks are recorded as done");
}
TEST_F(TamperedCopy, AChunkThatIsNoLongerInTheWorkList) {
  ExpectFound(
      "DELETE FROM regraft.chunk_done WHERE chunk = 0; DELETE FROM regraft.chunk WHERE chunk = 0",
      "the source had");
}
TEST_F(TamperedCopy, EveryChunkAndEveryRow) {
  database_.Sql(
      "DELETE FROM regraft.chunk_done; DELETE FROM regraft.chunk; DELETE FROM app.target");
  EXPECT_EQ(Verify().exit_code, 2);
  ExpectExit(2, Copy(), "0 of 0 chunks are recorded as done");
}
TEST_F(TamperedCopy, AnotherSourceDigest) {
  ExpectFound(
      "UPDATE regraft.chunk_done SET source_digest = reverse(source_digest) WHERE chunk = 0",
      "cannot be rebuilt");
}
TEST_F(TamperedCopy, AnotherWrittenDigest) {
  ExpectFound(
      "UPDATE regraft.chunk_done SET written_digest = reverse(written_digest) WHERE chunk = 0",
      "are not the ones that were written");
}
TEST_F(TamperedCopy, AnotherNumberOfRowsInAChunk) {
  ExpectFound("UPDATE regraft.chunk_done SET rows = rows + 1 WHERE chunk = 0", "rows were written");
}
TEST_F(TamperedCopy, AnotherNumberOfRowsInTheSource) {
  ExpectFound("UPDATE regraft.run SET source_rows = source_rows + 1", "the source had");
}
TEST_F(TamperedCopy, AnotherDigestOfTheLandedRows) {
  ExpectFound("UPDATE regraft.run SET landed_digest = reverse(landed_digest)", "did not fill");
}

// What changes no value is no damage.
TEST_F(TamperedCopy, WhatChangesNoValueIsNotReported) {
  database_.Sql("UPDATE app.target SET name = name");
  database_.Sql("VACUUM FULL app.target");
  database_.Sql("CREATE TABLE app.moved AS TABLE app.target; TRUNCATE app.target");
  database_.Sql("INSERT INTO app.target SELECT * FROM app.moved ORDER BY id DESC");
  ExpectVerified({});
  ExpectExact();
}

}  // namespace
}  // namespace regraft::support
