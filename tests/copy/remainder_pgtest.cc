// Rows that cannot enter the target: set aside once, with reason and winner; kept, proved and taken
// back with the copy.
#include "tests/support/copying.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

class CopyWithARemainder : public Copying {
 protected:
  CopyWithARemainder() {
    MakeTables(3000);
    database_.Sql(
        "TRUNCATE app.source; INSERT INTO app.source SELECT i, 'name ' || i, "
        "CASE WHEN i % 5 > 0 THEN i / 8.0 END, repeat('n', 60) FROM generate_series(1, 3000) AS i;"
        "CREATE UNIQUE INDEX once ON app.target (id);"
        "INSERT INTO app.target VALUES (5, 'others', 1, '', 'y'), (6, 'others', 1, '', 'y')");
  }

  ProgramResult CopyAside(const Flags& flags = {}) {
    Flags all = {"--remainder", "app.rest", "--chunk-bytes", "64KiB", "--jobs", "2"};
    all.insert(all.end(), flags.begin(), flags.end());
    return Copy(all);
  }

  [[nodiscard]] ProgramResult Verify() const {
    return RunProgram({.arguments = {"verify", "--dsn", database_.conninfo()},
                       .environment = {{"DATABASE_URL", std::nullopt}}});
  }

  // The source is the target's rows with origin x and those set aside, duplicates counted.
  void ExpectDivided(Here here = {}) {
    const std::string source = "SELECT id, name, amount::text, note FROM app.source";
    const std::string parts =
        "SELECT id, name, amount::text, note FROM app.target WHERE origin = 'x' "
        "UNION ALL SELECT id, name, amount::text, note FROM app.rest";
    EXPECT_EQ(database_.Scalar("SELECT (SELECT count(*) FROM ((" + source + ") EXCEPT ALL (" +
                                   parts + ")) AS a) || ' ' || (SELECT count(*) FROM ((" + parts +
                                   ") EXCEPT ALL (" + source + ")) AS b)",
                               here),
              "0 0");
  }

  std::string Reasons() {
    return database_.Scalar(
        "SELECT string_agg(reason || ' ' || count, ', ' ORDER BY reason) FROM "
        "(SELECT reason, count(*) FROM regraft.remainder GROUP BY 1) r");
  }

  std::string Target() {
    return database_.Scalar("SELECT count(*) FROM app.target WHERE origin = 'x'");
  }
};

TEST_F(CopyWithARemainder, RowsThatCannotEnterAreRefusedByCountUntilATableForThemIsNamed) {
  ExpectExit(78, Copy(), "2 rows: unique once");
  EXPECT_EQ(Target(), "0");
  ExpectExit(0, CopyAside());
  EXPECT_EQ(Reasons(), "unique once 2");
  ExpectDivided();
}

// NULL, CHECK, a primary key, a nullable unique index, a partial index over an expression: those of
// the source among themselves, and those against what the target holds.
TEST_F(CopyWithARemainder, NoViolationReachesTheServerWhateverForbidsTheRow) {
  database_.Sql(
      "DROP INDEX app.once; ALTER TABLE app.target ADD PRIMARY KEY (id), "
      "ADD CONSTRAINT sober CHECK (amount < 300), ALTER note SET NOT NULL;"
      "CREATE UNIQUE INDEX by_name ON app.target (lower(name)) WHERE amount > 100;"
      "UPDATE app.target SET name = 'NAME 1001', amount = 200 WHERE id = 5;"
      "CREATE UNIQUE INDEX by_amount ON app.target (amount, name);"
      "UPDATE app.source SET note = NULL WHERE name = 'name 17';"
      "INSERT INTO app.source SELECT id + 800000, name, amount, note FROM app.source WHERE id "
      "BETWEEN 40 AND 50;"
      "INSERT INTO app.source SELECT id, name || 'b', amount, note FROM app.source WHERE id < 20;"
      "INSERT INTO app.source SELECT id + 900000, upper(name), amount, note FROM app.source "
      "WHERE amount BETWEEN 110 AND 120");
  ExpectExit(0, CopyAside());
  ExpectDivided();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM (SELECT DISTINCT reason FROM "
                             "regraft.remainder) r"),
            "5")
      << Reasons();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.remainder WHERE reason LIKE 'unique%' "
                             "AND winner IS NULL"),
            "0");
  EXPECT_EQ(database_.Scalar("SELECT rows_source = rows_target + rows_remainder FROM "
                             "regraft.accounting"),
            "t");
  // The first in the source stays: a row set aside for another source row lies behind it.
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.remainder WHERE winner LIKE 'source "
                             "row %' AND row_ctid <= substr(winner, 12)::tid"),
            "0");
  ExpectExit(0, CopyAside({"--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "2");
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.rest') IS NULL"), "t");
}

TEST_F(CopyWithARemainder, AForgedAnAddedAndALostRowOfTheTableAreFound) {
  ExpectExit(0, CopyAside());
  const auto damage = [&](const char* sql, const char* words, const char* cure) {
    SCOPED_TRACE(sql);
    database_.Sql(sql);
    ExpectExit(2, CopyAside(), words);
    const ProgramResult verify = Verify();
    EXPECT_EQ(verify.exit_code, 2);
    EXPECT_NE(verify.output.find(words), std::string::npos) << verify.output;
    EXPECT_NE(verify.output.find("source unchanged"), std::string::npos) << verify.output;
    database_.Sql(cure);
    ExpectExit(0, CopyAside());
    EXPECT_EQ(Verify().exit_code, 0);
  };
  damage("UPDATE app.rest SET amount = round(amount, 5) WHERE id = 6", "no longer holds",
         "UPDATE app.rest r SET amount = s.amount FROM app.source s WHERE s.id = r.id");
  damage("INSERT INTO app.rest VALUES (1, '', 1, '')", "2 rows were, 3 are there",
         "DELETE FROM app.rest WHERE id = 1");
  damage("DELETE FROM app.rest WHERE id = 6", "2 rows were, 1 are there",
         "INSERT INTO app.rest SELECT * FROM app.source WHERE id = 6");
  database_.Sql("DROP TABLE app.rest");
  ExpectExit(2, CopyAside(), "app\".\"rest\" is gone, with 2 rows");
  EXPECT_EQ(Verify().exit_code, 2);
}

TEST_F(CopyWithARemainder, DiscardKeepsATableThatSomebodyHasWorkedOn) {
  ExpectExit(0, CopyAside());
  database_.Sql("INSERT INTO app.rest VALUES (1, 'mine', 1, '')");
  ExpectExit(2, CopyAside({"--discard"}), "no longer holds what was set aside");
  EXPECT_EQ(Target(), "2998");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.rest"), "3");
  database_.Sql("DELETE FROM app.rest WHERE name = 'mine'");
  ExpectExit(0, CopyAside({"--discard"}));
}

TEST_F(CopyWithARemainder, DiscardDropsItsOwnTableWhateverItsNameIsNow) {
  ExpectExit(0, CopyAside());
  database_.Sql("ALTER TABLE app.rest RENAME TO kept; CREATE TABLE app.rest AS SELECT 1 AS other");
  ExpectExit(0, CopyAside({"--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.kept') IS NULL"), "t");
  EXPECT_EQ(database_.Scalar("SELECT other FROM app.rest"), "1");
}

TEST_F(CopyWithARemainder, StartingOverMakesTheTableAnew) {
  ExpectExit(0, CopyAside());
  database_.Sql("DELETE FROM app.target WHERE origin = 'x'");
  ExpectExit(0, CopyAside(), "starts over");
  ExpectDivided();
  ExpectExit(0, CopyAside({"--restart"}));
  ExpectDivided();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.rest"), "2");
}

class InterruptedRemainder : public CopyWithARemainder {
 protected:
  InterruptedRemainder() {
    AddFuse(1500);
    ExpectExit(1, CopyAside(), "P0001");
    RemoveFuse();
  }
};

TEST_F(InterruptedRemainder, GoesOnWithTheSameRowsSetAside) {
  ExpectExit(0, CopyAside(), "continuing run");
  ExpectDivided();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.remainder"), "2");
}

// The place of a row set aside is taken by another row, which would be left out in its stead.
TEST_F(InterruptedRemainder, ARowInThePlaceOfOneSetAsideStopsIt) {
  // Sessions of the ended program may still be there for a moment, with snapshots that VACUUM
  // minds.
  WaitUntil(
      "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name LIKE 'regraft/%'");
  const std::string place = database_.Scalar("SELECT ctid FROM app.source WHERE id = 5");
  database_.Sql("DELETE FROM app.source WHERE id = 5");
  database_.Sql("VACUUM (INDEX_CLEANUP on) app.source");
  database_.Sql("INSERT INTO app.source VALUES (70000, 'in its place', 1, '')");
  ASSERT_EQ(database_.Scalar("SELECT ctid FROM app.source WHERE id = 70000"), place);
  ExpectExit(2, CopyAside(), "not all are where they were");
  ExpectExit(0, CopyAside({"--restart"}));
  ExpectDivided();
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target WHERE id = 70000"), "1");
}

TEST_F(InterruptedRemainder, ATableThatWasForgedMeanwhileStopsIt) {
  database_.Sql("UPDATE app.rest SET name = 'forged'");
  ExpectExit(2, CopyAside(), "no longer holds what was set aside: 2 rows were, 2 are there");
}

// Found by the server only, because the row was not there when the remainder was computed.
TEST_F(InterruptedRemainder, ALaterViolationStopsItAndIsNeverSwallowed) {
  database_.Sql("INSERT INTO app.source VALUES (6, 'later', 1, '')");
  ExpectExit(1, CopyAside(), "SQLSTATE 23505");
  ExpectNoHalfChunk();
}

}  // namespace
}  // namespace regraft::support
