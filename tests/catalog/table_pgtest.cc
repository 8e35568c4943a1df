#include "tests/catalog/catalog_test.h"

#include <chrono>

namespace regraft::catalog {
namespace {

using TablePgTest = CatalogTest;

TEST_F(TablePgTest, AnOrdinaryTable) {
  database_.Sql("CREATE TABLE orders (id int PRIMARY KEY, note text)");
  const Table table = Read("orders");
  EXPECT_EQ(table.name, (pg::QualifiedName{"public", "orders"}));
  EXPECT_EQ(table.relkind, 'r');
  EXPECT_EQ(table.persistence, 'p');
  EXPECT_EQ(table.owner, database_.Scalar("SELECT current_user"));
  EXPECT_FALSE(table.row_security);
  EXPECT_TRUE(table.inheritance_children.empty());
  EXPECT_TRUE(table.checks.empty());
  EXPECT_TRUE(table.foreign_keys.empty());
  EXPECT_TRUE(table.triggers.empty());
  EXPECT_TRUE(table.rules.empty());
}

TEST_F(TablePgTest, KindsAndPersistence) {
  database_.Sql(
      "CREATE TABLE t (a int); CREATE UNLOGGED TABLE u (a int);"
      "CREATE TABLE p (a int) PARTITION BY LIST (a);"
      "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t;"
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
      "CREATE FOREIGN TABLE f (a int) SERVER s");
  EXPECT_EQ(Read("t").relkind, 'r');
  EXPECT_EQ(Read("p").relkind, 'p');
  EXPECT_EQ(Read("v").relkind, 'v');
  EXPECT_EQ(Read("m").relkind, 'm');
  EXPECT_EQ(Read("f").relkind, 'f');
  EXPECT_EQ(Read("u").persistence, 'u');
}

TEST_F(TablePgTest, OwnerAndRowSecurity) {
  const std::string role = database_.name() + "_owner";
  database_.Sql("CREATE ROLE \"" + role +
                "\"; CREATE TABLE t (a int);"
                "ALTER TABLE t OWNER TO \"" +
                role + "\"; ALTER TABLE t ENABLE ROW LEVEL SECURITY");
  const Table table = Read("t");
  EXPECT_EQ(table.owner, role);
  EXPECT_TRUE(table.row_security);
  database_.Sql("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

TEST_F(TablePgTest, AnOrdinaryRoleMayReadItInAReadOnlyTransaction) {
  const std::string role = database_.name() + "_plain";
  database_.Sql("CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE ROLE " + role);
  database_.Sql(
      "CREATE TABLE s.p (a int PRIMARY KEY, b s.e DEFAULT 'a') PARTITION BY LIST (a);"
      "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1)");
  ASSERT_TRUE(
      connection_.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET ROLE " + role).ok());
  const Table table = Read("s.p");
  EXPECT_EQ(table.columns.size(), 2);
  EXPECT_EQ(table.leaves.size(), 1);
  EXPECT_TRUE(connection_.Run("ROLLBACK").ok());
  database_.Sql("DROP ROLE " + role);
}

TEST_F(TablePgTest, NamesOfAnyBytes) {
  const std::string longest = "ü.\"" + std::string(59, 'x');  // 63 bytes
  database_.Sql("CREATE SCHEMA \"Odd.Schema\"");
  database_.Sql("CREATE TABLE \"Odd.Schema\"." + pg::QuoteIdentifier(longest) + " (" +
                pg::QuoteIdentifier(longest) + " int CHECK (" + pg::QuoteIdentifier(longest) +
                " > 0))");
  const auto oid = FindRelation(connection_, {"Odd.Schema", longest});
  ASSERT_TRUE(oid.ok() && oid->has_value());
  const auto table = ReadTable(connection_, **oid);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->name, (pg::QualifiedName{"Odd.Schema", longest}));
  EXPECT_EQ(table->columns[0].name, longest);
  EXPECT_EQ(table->checks[0].expression_sql, "(" + pg::QuoteIdentifier(longest) + " > 0)");
}

TEST_F(TablePgTest, WhatIsNoTableIsNotFound) {
  database_.Sql("CREATE SEQUENCE s; CREATE TYPE c AS (a int)");
  for (const char* name : {"s", "c"}) {
    const std::string oid = database_.Scalar(std::string("SELECT '") + name + "'::regclass::oid");
    const auto table = ReadTable(connection_, static_cast<uint32_t>(std::stoul(oid)));
    EXPECT_EQ(table.status().code(), absl::StatusCode::kNotFound) << name;
  }
  EXPECT_EQ(ReadTable(connection_, 4'000'000'000).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TablePgTest, FindColumnAndTotalBytes) {
  database_.Sql(
      "CREATE TABLE t (a int, big text); ALTER TABLE t ALTER big SET STORAGE EXTERNAL;"
      "INSERT INTO t SELECT i, repeat('x', 10000) FROM generate_series(1, 10) i");
  const Table table = Read("t");
  ASSERT_NE(table.FindColumn("big"), nullptr);
  EXPECT_EQ(table.FindColumn("big")->attnum, 2);
  EXPECT_EQ(table.FindColumn("Big"), nullptr);
  EXPECT_EQ(std::to_string(table.total_bytes()),
            database_.Scalar("SELECT pg_relation_size('t') + pg_relation_size(reltoastrelid) "
                             "FROM pg_class WHERE oid = 't'::regclass"));
}

// "Well under a second", with room for a slow machine under load.
constexpr std::chrono::milliseconds kPatience{2000};

TEST_F(TablePgTest, TheWidestTableIsReadQuickly) {
  database_.Sql(
      "DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE wide (' || "
      "string_agg(format('c%s int DEFAULT 1', i), ',') || ')' "
      "FROM generate_series(1, 1599) i); END $$");
  const auto start = std::chrono::steady_clock::now();
  const Table table = Read("wide");
  EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience);
  EXPECT_EQ(table.columns.size(), 1599);
  EXPECT_EQ(table.columns.back().name, "c1599");
}

TEST_F(TablePgTest, AThousandLeavesAreReadQuickly) {
  database_.Sql("CREATE TABLE p (k int PRIMARY KEY, v text) PARTITION BY LIST (k)");
  for (int hundred = 0; hundred < 1000; hundred += 100)  // a lock for each relation and index
    database_.Sql("DO $$ BEGIN FOR i IN " + std::to_string(hundred) + ".." +
                  std::to_string(hundred + 99) +
                  " LOOP EXECUTE format("
                  "'CREATE TABLE p%s PARTITION OF p FOR VALUES IN (%s)', i, i); END LOOP; END $$");
  const auto start = std::chrono::steady_clock::now();
  const Table table = Read("p");
  EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience);
  EXPECT_EQ(table.leaves.size(), 1000);
}

}  // namespace
}  // namespace regraft::catalog
