// Who may keep a ledger, and how its entries commit.
#include "tests/support/copying.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::support {
namespace {

using ::testing::HasSubstr;

class LedgerOfACopy : public Copying {
 protected:
  LedgerOfACopy() { MakeTables(5000); }

  std::string MakePlainRole() {
    const std::string role = MakeRole("plain");
    database_.Sql("GRANT ALL ON SCHEMA app TO " + role +
                  "; GRANT ALL ON ALL TABLES IN SCHEMA app TO " + role);
    return role;
  }
};

TEST_F(LedgerOfACopy, ARoleThatMayNotMakeTheSchemaIsShownTheSqlItsOwnerMustRun) {
  const std::string role = MakePlainRole();
  const ProgramResult refused = RunProgram(CopyCommandAs(role));
  const std::string sql = "CREATE SCHEMA IF NOT EXISTS regraft AUTHORIZATION " + role + ";";
  ExpectExit(1, refused, sql);
  EXPECT_EQ(Document(refused)["error"]["sqlstate"], "42501");
  database_.Sql(sql);
  ExpectExit(0, RunProgram(CopyCommandAs(role)));
  ExpectExact();
}

TEST_F(LedgerOfACopy, ARoleThatMayNotUseAnothersLedgerIsShownTheGrants) {
  ExpectExit(0, Copy());
  const std::string role = MakePlainRole();
  const auto other = [&] {
    Invocation command = CopyCommandAs(role);
    command.arguments[4] = "origin=z";
    return RunProgram(command);
  };
  const std::string usage = "GRANT USAGE ON SCHEMA regraft TO " + role + ";";
  const std::string tables =
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA regraft TO " + role + ";";
  ExpectExit(1, other(), usage);
  database_.Sql(usage);
  ExpectExit(1, other(), tables);
  database_.Sql(tables);
  ExpectExit(0, other());
}

// A savepoint would give rows and entry another xmin than their transaction's.
TEST_F(LedgerOfACopy, EachEntryCommitsWithItsRowsInOneTopLevelTransaction) {
  ExpectExit(0, Copy({"--chunk-bytes", "64KiB", "--jobs", "2"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.chunk_done WHERE xid::xid <> xmin"),
            "0");
  EXPECT_EQ(database_.Scalar("SELECT count(DISTINCT xmin::text) FROM app.target"), DoneChunks());
  EXPECT_GT(std::stoi(DoneChunks()), 3);
  ExpectNoHalfChunk();
}

TEST_F(LedgerOfACopy, AChunkThatIsDoneTwiceIsRefusedByItsPrimaryKey) {
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = StartCopy({"--jobs", "1"});
  WaitAtGate(1);
  database_.Sql(
      "INSERT INTO regraft.chunk_done SELECT run_id, chunk, '3', 0, 0, repeat('0', 32), 0, "
      "repeat('0', 32) "
      "FROM regraft.chunk WHERE chunk = 0");
  gate->Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(1, *result, "SQLSTATE 23505");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

TEST_F(LedgerOfACopy, TheWorkListIsStoredBeforeTheFirstRowMoves) {
  AddFuse(0);
  ExpectExit(1, Copy({"--chunk-bytes", "64KiB"}), "P0001");
  EXPECT_EQ(DoneChunks(), "0");
  EXPECT_GT(std::stoi(database_.Scalar("SELECT count(*) FROM regraft.chunk")), 3);
}

TEST_F(LedgerOfACopy, TheAccountingAddsUp) {
  ExpectExit(0, Copy());
  EXPECT_EQ(database_.Scalar("SELECT rows_source || '=' || rows_target || '+' || rows_remainder || "
                             "' ' || discriminator "
                             "FROM regraft.accounting"),
            "5000=5000+0 origin=x");
}

}  // namespace
}  // namespace regraft::support
