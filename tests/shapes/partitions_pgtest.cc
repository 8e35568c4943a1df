// Partitioned sources and targets, inheritance, and relations that are no ordinary tables.
#include "tests/shapes/shape.h"

#include "gtest/gtest.h"

namespace regraft::support {
namespace {

class Partitions : public Shape {
 protected:
  // app.source, plain: id, region, at, note.
  void MakeSource(int rows) {
    database_.Sql(
        "CREATE TABLE app.source (id int, region text, at date, note text);"
        "INSERT INTO app.source SELECT i, (ARRAY['north','south','east',NULL])[i % 4 + 1], "
        "'2020-01-01'::date + i % 1500, repeat('n', i % 90) FROM generate_series(1, " +
        std::to_string(rows) + ") AS i");
  }

  void ExpectSourceInTarget(Here here = {}) {
    ExpectSameRows("SELECT id, region, at, note, 'x' FROM app.source",
                   "SELECT id, region, at, note, origin FROM app.target", here);
  }

  nlohmann::json ExpectAllCopied(int rows, Here here = {}) {
    const auto document = ExpectCopied(
        rows,
        CopyTable("app.source", "app.target", {"--set", "origin=x", "--chunk-bytes", "64KiB"}),
        here);
    ExpectSourceInTarget(here);
    ExpectExit(0, Verify("app.target"), "", here);
    return document;
  }
};

// Leaves with other orders of columns, with holes, on three levels.
constexpr const char* kDeepTarget = R"sql(
  CREATE TABLE app.target (origin text, at date, id int, hole int, note text, region text)
    PARTITION BY LIST (region);
  ALTER TABLE app.target DROP hole;
  CREATE TABLE app.north (note text, gone int, region text, id int, origin text, at date);
  ALTER TABLE app.north DROP gone;
  ALTER TABLE app.target ATTACH PARTITION app.north FOR VALUES IN ('north');
  CREATE TABLE app.south PARTITION OF app.target FOR VALUES IN ('south') PARTITION BY RANGE (at);
  CREATE TABLE app.south_old PARTITION OF app.south FOR VALUES FROM (MINVALUE) TO ('2021-06-01');
  CREATE TABLE app.south_new (id int, region text, at date, note text, origin text);
  ALTER TABLE app.south ATTACH PARTITION app.south_new FOR VALUES FROM ('2021-06-01') TO (MAXVALUE);
  CREATE TABLE app.rest PARTITION OF app.target DEFAULT PARTITION BY HASH (id);
  CREATE TABLE app.rest_0 PARTITION OF app.rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE app.rest_1 PARTITION OF app.rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
)sql";

TEST_F(Partitions, OfTheTargetAreFilledAndReadBackThroughAllLevels) {
  MakeSource(6000);
  database_.Sql(kDeepTarget);
  ExpectAllCopied(6000);
  EXPECT_EQ(database_.Scalar("SELECT count(DISTINCT tableoid) FROM app.target"), "5");
  ExpectExit(0, CopyTable("app.source", "app.target", {"--set", "origin=x", "--discard"}));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
}

TEST_F(Partitions, OfTheTargetAreLookedAtOneByOneByVerify) {
  MakeSource(3000);
  database_.Sql(kDeepTarget);
  ExpectAllCopied(3000);
  database_.Sql("UPDATE app.south_new SET note = 'forged' WHERE id = 601");
  const ProgramResult damaged = Verify("app.target");
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_NE(damaged.output.find("601"), std::string::npos) << damaged.output;
}

TEST_F(Partitions, OfTheSourceByRangeListAndHashAreReadLeafByLeaf) {
  MakeSource(5000);
  database_.Sql("ALTER TABLE app.source RENAME TO plain;" + std::string(kDeepTarget) +
                "ALTER TABLE app.target RENAME TO source; ALTER TABLE app.source DROP origin;"
                "INSERT INTO app.source (id, region, at, note) SELECT * FROM app.plain;"
                "CREATE TABLE app.target (LIKE app.plain, origin text)");
  ExpectAllCopied(5000);
  EXPECT_EQ(database_.Scalar("SELECT count(DISTINCT leaf_name) FROM regraft.chunk"), "5");
}

TEST_F(Partitions, OfBothTables) {
  MakeSource(5000);
  database_.Sql("ALTER TABLE app.source RENAME TO plain; " + std::string(kDeepTarget) +
                "CREATE TABLE app.source (LIKE app.plain) PARTITION BY RANGE (at);"
                "CREATE TABLE app.y2020 PARTITION OF app.source FOR VALUES FROM ('2020-01-01') TO "
                "('2021-01-01');"
                "CREATE TABLE app.later (note text, at date, region text, id int);"
                "ALTER TABLE app.source ATTACH PARTITION app.later DEFAULT;"
                "INSERT INTO app.source SELECT * FROM app.plain");
  ExpectAllCopied(5000);
}

TEST_F(Partitions, ThatDoNotExistForARowAreAnErrorThatNamesIt) {
  MakeSource(100);
  database_.Sql(
      "CREATE TABLE app.target (LIKE app.source, origin text) PARTITION BY RANGE (id);"
      "CREATE TABLE app.low PARTITION OF app.target FOR VALUES FROM (MINVALUE) TO (90)");
  const ProgramResult result = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  EXPECT_NE(result.exit_code, 0);
  ExpectExit(result.exit_code, result, "no partition of relation \"target\" found for row");
  ExpectExit(result.exit_code, result, "(id) = (90)");
  ExpectExit(result.exit_code, result, "app.source chunk 0");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  database_.Sql("CREATE TABLE app.high PARTITION OF app.target DEFAULT");
  ExpectAllCopied(100);
}

TEST_F(Partitions, AsTheTargetThemselvesRefuseForeignRows) {
  MakeSource(100);
  database_.Sql(
      "CREATE TABLE app.whole (LIKE app.source, origin text) PARTITION BY RANGE (id);"
      "CREATE TABLE app.target PARTITION OF app.whole FOR VALUES FROM (MINVALUE) TO (90)");
  const ProgramResult result = CopyTable("app.source", "app.target", {"--set", "origin=x"});
  ExpectExit(78, result, "partition bound");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  database_.Sql("DELETE FROM app.source WHERE id >= 90");
  ExpectAllCopied(89);
}

TEST_F(Partitions, AreOneTableWhenCreated) {
  MakeSource(1000);
  database_.Sql("ALTER TABLE app.source RENAME TO plain; " + std::string(kDeepTarget) +
                "ALTER TABLE app.target RENAME TO source; ALTER TABLE app.source DROP origin;"
                "INSERT INTO app.source (id, region, at, note) SELECT * FROM app.plain;"
                "CREATE INDEX ON app.source (id)");
  ExpectCopied(1000, CopyTable("app.source", "app.target", {"--create", "--set", "origin=x"}));
  ExpectSourceInTarget();
  EXPECT_EQ(
      database_.Scalar("SELECT count(*) FROM pg_index WHERE indrelid = 'app.target'::regclass"),
      "1");
}

TEST_F(Partitions, OfAnEmptyPartitionedTableAreChunksOfNoRows) {
  database_.Sql(
      "CREATE TABLE app.source (id int) PARTITION BY RANGE (id);"
      "CREATE TABLE app.target (id int, origin text)");
  // Without a single leaf there is nothing to read, and that must be said as 0 rows.
  ExpectCopied(0, CopyTable("app.source", "app.target", {"--set", "origin=none"}));
  EXPECT_EQ(Verify("app.target").exit_code, 0);
  database_.Sql("CREATE TABLE app.leaf PARTITION OF app.source FOR VALUES FROM (1) TO (9)");
  ExpectCopied(0, CopyTable("app.source", "app.target", {"--set", "origin=one"}));
}

TEST_F(Partitions, NeedNotExistInTheTargetOfNoRows) {
  database_.Sql(
      "CREATE TABLE app.source (id int);"
      "CREATE TABLE app.target (id int, origin text) PARTITION BY LIST (origin)");
  ExpectCopied(0, CopyTable("app.source", "app.target", {"--set", "origin=none"}));
  EXPECT_EQ(Verify("app.target").exit_code, 0);
}

class Relations : public Partitions {};

TEST_F(Relations, ChildrenOfAllLevelsAndOfTheirOwnColumnOrderAreIncluded) {
  MakeSource(500);
  database_.Sql(
      "CREATE TABLE app.child (extra int, note text, id int, region text, at date);"
      "ALTER TABLE app.child INHERIT app.source;"
      "CREATE TABLE app.grandchild () INHERITS (app.child);"
      "INSERT INTO app.child VALUES (1, 'child', 1001, 'east', '2020-02-02');"
      "INSERT INTO app.grandchild VALUES (1, 'grandchild', 1002, 'east', '2020-02-02');"
      "CREATE TABLE app.target (LIKE app.source, origin text)");
  ExpectExit(78, CopyTable("app.source", "app.target", {"--set", "origin=x"}),
             "2 inheritance children, such as app.child; say --children include");
  const ProgramResult result =
      CopyTable("app.source", "app.target", {"--set", "origin=x", "--children", "include"});
  ExpectCopied(502, result);
  ExpectSourceInTarget();
  ExpectExit(0, Verify("app.target"));
}

TEST_F(Relations, ViewsAndMaterializedViewsAreSources) {
  MakeSource(2000);
  database_.Sql(
      "CREATE VIEW app.view AS SELECT id, upper(region) AS region, at, note FROM app.source;"
      "CREATE MATERIALIZED VIEW app.stored AS SELECT * FROM app.source WHERE id % 2 = 0;"
      "CREATE TABLE app.target (LIKE app.source, origin text)");
  ExpectCopied(2000, CopyTable("app.view", "app.target", {"--set", "origin=view"}));
  ExpectCopied(1000, CopyTable("app.stored", "app.target",
                               {"--set", "origin=stored", "--chunk-bytes", "64KiB"}));
  ExpectSameRows("SELECT *, 'view' FROM app.view UNION ALL SELECT *, 'stored' FROM app.stored",
                 "SELECT * FROM app.target");
  ExpectExit(0, Verify("app.target"));
  ExpectExit(78, CopyTable("app.source", "app.view", {"--set", "note=x"}), "is not a table");
  ExpectExit(78, CopyTable("app.source", "app.stored", {"--set", "note=x"}), "is not a table");
}

TEST_F(Relations, ForeignTablesAreSources) {
  MakeSource(2000);
  database_.Sql(
      "CREATE EXTENSION postgres_fdw;"
      "DO $$ BEGIN EXECUTE format('CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS "
      "(host %L, port %L, dbname %L)', current_setting('unix_socket_directories'), "
      "current_setting('port'), current_database()); END $$;"
      "CREATE USER MAPPING FOR CURRENT_USER SERVER loop;"
      "CREATE FOREIGN TABLE app.far (id int, region text, at date, note text) SERVER loop OPTIONS "
      "(schema_name 'app', table_name 'source');"
      "CREATE TABLE app.target (LIKE app.source, origin text)");
  const auto document =
      ExpectCopied(2000, CopyTable("app.far", "app.target", {"--set", "origin=x"}));
  EXPECT_EQ(document["chunks"], 1);
  ExpectSourceInTarget();
  ExpectExit(78, CopyTable("app.source", "app.far", {"--set", "note=x"}), "is not a table");
}

TEST_F(Relations, APartitionOnAForeignServerIsALeafLikeOthers) {
  MakeSource(2000);
  database_.Sql(
      "ALTER TABLE app.source RENAME TO plain; CREATE EXTENSION postgres_fdw;"
      "DO $$ BEGIN EXECUTE format('CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS "
      "(host %L, port %L, dbname %L)', current_setting('unix_socket_directories'), "
      "current_setting('port'), current_database()); END $$;"
      "CREATE USER MAPPING FOR CURRENT_USER SERVER loop;"
      "CREATE TABLE app.afar AS SELECT * FROM app.plain WHERE id < 1000;"
      "CREATE TABLE app.source (LIKE app.plain) PARTITION BY RANGE (id);"
      "CREATE FOREIGN TABLE app.low PARTITION OF app.source FOR VALUES FROM (MINVALUE) TO (1000) "
      "SERVER loop OPTIONS (schema_name 'app', table_name 'afar');"
      "CREATE TABLE app.high PARTITION OF app.source DEFAULT;"
      "INSERT INTO app.source SELECT * FROM app.plain WHERE id >= 1000;"
      "CREATE TABLE app.target (LIKE app.plain, origin text)");
  ExpectAllCopied(2000);
}

TEST_F(Relations, UnloggedTablesAreCopiedBothWays) {
  MakeSource(1000);
  database_.Sql(
      "ALTER TABLE app.source SET UNLOGGED; "
      "CREATE UNLOGGED TABLE app.target (LIKE app.source, origin text)");
  ExpectAllCopied(1000);
}

// Nobody sees the temporary table of another session: it is no table for us.
TEST_F(Relations, ATemporaryTableOfAnotherSessionIsNoTable) {
  MakeSource(10);
  database_.Sql(
      "CREATE TEMPORARY TABLE passing (LIKE app.source, origin text); "
      "INSERT INTO passing SELECT *, 'x' FROM app.source;"
      "CREATE TABLE app.target (LIKE passing)");
  ExpectExit(78, CopyTable("passing", "app.target"), "there is no table passing");
  const std::string schema = database_.Scalar("SELECT pg_my_temp_schema()::regnamespace");
  const ProgramResult from = CopyTable(schema + ".passing", "app.target");
  ExpectExit(78, from, "temporary");
  const ProgramResult into = CopyTable("app.source", schema + ".passing", {"--set", "origin=y"});
  ExpectExit(78, into, "temporary");
}

TEST_F(Relations, RowSecurityOnTheSourceIsAnErrorAndNotFewerRows) {
  MakeSource(100);
  const std::string role = MakeRole("reader");
  database_.Sql(
      "CREATE TABLE app.target (LIKE app.source, origin text);"
      "ALTER TABLE app.source ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY half ON app.source USING (id % 2 = 0);"
      "GRANT CREATE ON DATABASE " +
      database_.name() + " TO " + role +
      ";"
      "GRANT USAGE ON SCHEMA app TO " +
      role + "; GRANT ALL ON app.source, app.target TO " + role);
  const auto copy = [&] {
    Invocation command = Command("app.source", "app.target", {"--set", "origin=x"});
    for (std::string& argument : command.arguments)
      if (argument == database_.conninfo()) argument += " user=" + role;
    return RunProgram(command);
  };
  ExpectExit(1, copy(), "row-level security policy for table \"source\"");
  ExpectExit(1, copy(), "[SQLSTATE 42501]");
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.target"), "0");
  database_.Sql("ALTER ROLE " + role + " BYPASSRLS");
  ExpectCopied(100, copy());
}

}  // namespace
}  // namespace regraft::support
