// Columns: as many as a table can have, none at all, dropped, moved, generated, identity.
#include "tests/shapes/shape.h"

#include "gtest/gtest.h"

#include <string>

namespace regraft::support {
namespace {

class Columns : public Shape {};

// One more, the discriminator, and the target has the 1,600 columns that PostgreSQL allows.
class WidestTable : public Shape {
 protected:
  static constexpr int kColumns = 1599;

  static std::string List(const std::string& definition) {
    std::string list;
    for (int i = 1; i <= kColumns; ++i)
      list += (i > 1 ? ", c" : "c") + std::to_string(i) + definition;
    return list;
  }

  // `value` is SQL over `r`, the row's number, and `c`, the column's; as format() takes it.
  void MakeSource(const std::string& type, const std::string& value, int rows) {
    database_.Sql("CREATE TABLE app.source (" + List(" " + type) + ")");
    database_.Sql(
        "DO $$ BEGIN EXECUTE (SELECT 'INSERT INTO app.source SELECT ' || string_agg("
        "format('(SELECT " +
        value +
        " FROM (SELECT %s AS c) AS c)', c), ',') || "
        "' FROM generate_series(1, " +
        std::to_string(rows) + ") AS r' FROM generate_series(1, 1599) AS c); END $$");
  }

  void MakeTarget() { database_.Sql("CREATE TABLE app.target (LIKE app.source, origin text)"); }

  void ExpectEqualTables() {
    ExpectSameRows("SELECT * FROM app.source", "SELECT " + List("") + " FROM app.target");
  }
};

TEST_F(WidestTable, IsCopiedWithADiscriminatorAsThe1600thColumn) {
  MakeSource("smallint", "r * c %% 97", 300);
  MakeTarget();
  const ProgramResult result = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  ExpectCopied(300, result);
  ExpectEqualTables();
  ExpectCopied(300, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectExit(0, Verify("app.target"));
}

// Most of them NULL, whose framed form is longer than what the server stores.
TEST_F(WidestTable, OfNullsIsCopied) {
  MakeSource("text", "CASE WHEN (r + c) %% 100 = 0 THEN ''x'' || r END", 500);
  MakeTarget();
  ExpectCopied(
      500, CopyTable("app.source", "app.target", {"--set", "origin=x", "--chunk-bytes", "64KiB"}));
  ExpectEqualTables();
}

// The way back of each cast is an entry of its own, behind xmin and the target's 1,600 columns:
// together one more than a SELECT may have, so the target is read back in two passes.
TEST_F(WidestTable, WithSomeOtherTypesInTheTargetIsReadBackInTwoPasses) {
  MakeSource("smallint", "r * c %% 97", 40);
  std::string others;
  for (int i = 1; i <= 64; ++i) others += ", ALTER c" + std::to_string(24 * i) + " TYPE int";
  MakeTarget();
  database_.Sql("ALTER TABLE app.target " + others.substr(2));
  ExpectCopied(40, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectEqualTables();
  ExpectExit(0, Verify("app.target"));
  database_.Sql("UPDATE app.target SET c48 = c48 + 1 WHERE c1 = 5");
  const ProgramResult damaged = Verify("app.target");
  EXPECT_EQ(damaged.exit_code, 2) << damaged.errors;
  EXPECT_NE(damaged.output.find("c48"), std::string::npos) << damaged.output;
}

TEST_F(WidestTable, OfOtherTypesOnlyIsRefusedByTheServersLimit) {
  MakeSource("smallint", "r * c %% 97", 1);
  database_.Sql("CREATE TABLE app.target (" + List(" int") + ", origin text)");
  ExpectExit(78, CopyTable("app.source", "app.target", {"--set", "origin=x"}),
             "the copy needs a SELECT of 3198 entries; PostgreSQL's limit is 1664");
}

// xml goes as text, and so do all columns with it: each would be selected in both forms.
TEST_F(WidestTable, WithXmlIsReadAndWrittenAsText) {
  MakeSource("smallint", "r * c %% 97", 40);
  database_.Sql("ALTER TABLE app.source ALTER c800 TYPE xml USING ('<a>' || c800 || '</a>')::xml");
  MakeTarget();
  const ProgramResult result = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  ExpectExit(0, result, "written in text format");
  ExpectCopied(40, result);
  ExpectEqualTables();
}

TEST_F(WidestTable, IsMadeByCreate) {
  MakeSource("smallint", "r * c %% 97", 5);
  ExpectCopied(5, CopyTable("app.source", "app.target", {"--create", "--set", "origin=x"}));
  ExpectEqualTables();
}

TEST_F(Columns, OfAZeroColumnTableAreNotMissed) {
  database_.Sql(
      "CREATE TABLE app.source (); CREATE TABLE app.target (); "
      "INSERT INTO app.source SELECT FROM generate_series(1, 700);"
      "CREATE TABLE app.wide (origin text); ");
  ExpectCopied(700, CopyTable("app.source", "app.wide", {"--set", "origin=x"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.wide WHERE origin = 'x'"), "700");
  ExpectCopied(700, CopyTable("app.source", "app.target"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "700");
  ExpectCopied(700, CopyTable("app.source", "app.made", {"--create"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.made"), "700");
}

TEST_F(Columns, ThatWereDroppedAtOtherPlacesAndOtherOrdersAreMatchedByName) {
  database_.Sql(
      "CREATE TABLE app.source (gone1 int, a int, gone2 text, b text, c numeric, gone3 int);"
      "INSERT INTO app.source SELECT 1, i, 'x', 'b' || i, i / 4.0, 3 FROM generate_series(1, 900) "
      "i;"
      "ALTER TABLE app.source DROP gone1, DROP gone2, DROP gone3; ALTER TABLE app.source ADD d int "
      "DEFAULT 7;"
      "CREATE TABLE app.target (d int, hole1 int, c numeric, b text, hole2 int, origin text, a "
      "int);"
      "ALTER TABLE app.target DROP hole1, DROP hole2;");
  ExpectCopied(900, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectSameRows("SELECT a, b, c, d, 'x' FROM app.source",
                 "SELECT a, b, c, d, origin FROM app.target");
  ExpectExit(0, Verify("app.target"));
  ExpectExit(0, CopyTable("app.source", "app.target", {"--set", "origin=x", "--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

TEST_F(Columns, OfOneRowAndOfNone) {
  database_.Sql(
      "CREATE TABLE app.one AS SELECT 1 AS id, NULL::text AS note;"
      "CREATE TABLE app.none (LIKE app.one); CREATE TABLE app.target (LIKE app.one, origin text)");
  ExpectCopied(1, CopyTable("app.one", "app.target", {"--set", "origin=one"}));
  const auto none = ExpectCopied(0, CopyTable("app.none", "app.target", {"--set", "origin=none"}));
  EXPECT_EQ(none["chunks"], 1);
  EXPECT_EQ(none["bytes"], 0);
  ExpectSameRows("SELECT *, 'one' FROM app.one", "SELECT * FROM app.target");
  ExpectExit(0, Verify("app.target"));
}

// Empty, but of many pages: what was deleted and not yet vacuumed is in no chunk.
TEST_F(Columns, OfATableWhoseRowsAreAllDeadAreNone) {
  database_.Sql(
      "CREATE TABLE app.source AS SELECT i AS id FROM generate_series(1, 50000) AS i;"
      "CREATE TABLE app.target (LIKE app.source, origin text); DELETE FROM app.source;");
  const auto document = ExpectCopied(
      0, CopyTable("app.source", "app.target", {"--set", "origin=x", "--chunk-bytes", "64KiB"}));
  EXPECT_GT(document["chunks"], 1);
}

TEST_F(Columns, GeneratedInTheSourceArePlainInTheTarget) {
  database_.Sql(
      "CREATE TABLE app.source (a int, twice int GENERATED ALWAYS AS (a * 2) STORED, b text);"
      "INSERT INTO app.source (a, b) SELECT i, 'b' || i FROM generate_series(1, 500) i;"
      "CREATE TABLE app.target (twice int, a int, b text, origin text)");
  ExpectCopied(500, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectSameRows("SELECT a, twice, b FROM app.source", "SELECT a, twice, b FROM app.target");
}

TEST_F(Columns, GeneratedInTheTargetAreComputedThereAndCompared) {
  database_.Sql(
      "CREATE TABLE app.source (a int, twice int, b text);"
      "INSERT INTO app.source SELECT i, 2 * i, 'b' || i FROM generate_series(1, 500) i;"
      "CREATE TABLE app.target (a int, twice int GENERATED ALWAYS AS (a * 2) STORED, b text, "
      "origin text, extra text GENERATED ALWAYS AS (b || '!') STORED)");
  ExpectCopied(500, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectSameRows("SELECT a, twice, b, b || '!' FROM app.source",
                 "SELECT a, twice, b, extra FROM app.target");
  ExpectExit(0, Verify("app.target"));
  ExpectExit(0, CopyTable("app.source", "app.target", {"--set", "origin=x", "--discard"}));
  // What the server computes is not what the source has: nothing of it may stay unnoticed.
  database_.Sql("UPDATE app.source SET twice = 7 WHERE a = 77");
  const ProgramResult other = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  EXPECT_TRUE(other.exit_code == 2 || other.exit_code == 78) << other.errors;
  EXPECT_NE(Document(other)["verified"], true);
}

TEST_F(Columns, GeneratedOnBothSidesAgree) {
  database_.Sql(
      "CREATE TABLE app.source (a int, twice int GENERATED ALWAYS AS (a * 2) STORED);"
      "INSERT INTO app.source SELECT i FROM generate_series(1, 500) i;"
      "CREATE TABLE app.target (twice int GENERATED ALWAYS AS (a * 2) STORED, a int, origin text)");
  ExpectCopied(500, CopyTable("app.source", "app.target", {"--set", "origin=x"}));
  ExpectSameRows("SELECT a, twice FROM app.source", "SELECT a, twice FROM app.target");
}

TEST_F(Columns, OfIdentityKeepTheirValuesInBothTables) {
  database_.Sql(
      "CREATE TABLE app.source (id int GENERATED ALWAYS AS IDENTITY (START 1000), "
      "no int GENERATED BY DEFAULT AS IDENTITY, a text);"
      "INSERT INTO app.source (a) SELECT 'a' || i FROM generate_series(1, 400) i;"
      "CREATE TABLE app.target (id int GENERATED ALWAYS AS IDENTITY, no int, a text, origin text,"
      " own int GENERATED BY DEFAULT AS IDENTITY, serial serial)");
  const ProgramResult result = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  ExpectCopied(400, result);
  ExpectSameRows("SELECT id, no, a FROM app.source", "SELECT id, no, a FROM app.target");
  EXPECT_NE(
      result.errors.find("the sequence of \"id\" is not advanced; if it is behind: SELECT setval("),
      std::string::npos)
      << result.errors;
  EXPECT_EQ(database_.Scalar("SELECT count(DISTINCT own) || ' ' || count(DISTINCT serial) FROM "
                             "app.target"),
            "400 400");
}

TEST_F(Columns, OfATableWithoutAKeyKeepTheirDuplicates) {
  database_.Sql(
      "CREATE TABLE app.source AS SELECT i % 3 AS a, NULLIF(i % 2, 0) AS b FROM "
      "generate_series(1, 3000) i; CREATE TABLE app.target (LIKE app.source, origin text)");
  ExpectCopied(
      3000, CopyTable("app.source", "app.target", {"--set", "origin=x", "--chunk-bytes", "8KiB"}));
  ExpectSameRows("SELECT a, b FROM app.source", "SELECT a, b FROM app.target");
}

}  // namespace
}  // namespace regraft::support
