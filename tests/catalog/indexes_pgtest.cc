#include "tests/catalog/catalog_test.h"

#include "gmock/gmock.h"

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;

class IndexesPgTest : public CatalogTest {
 protected:
  Index Only(const std::string& table) {
    const Table read = Read(table);
    EXPECT_EQ(read.indexes.size(), 1);
    return read.indexes.at(0);
  }

  std::string NamesOf(const std::string& table) {
    std::string names;
    for (const Index& index : Read(table).indexes) names += index.name + " ";
    return names;
  }
};

TEST_F(IndexesPgTest, APrimaryKey) {
  database_.Sql(
      "CREATE TABLE t (gone int, a int, \"B b\" text, PRIMARY KEY (\"B b\", a));"
      "ALTER TABLE t DROP gone");
  const Index index = Only("t");
  EXPECT_EQ(index.name, "t_pkey");
  EXPECT_TRUE(index.unique);
  EXPECT_TRUE(index.primary);
  EXPECT_TRUE(index.immediate);
  EXPECT_FALSE(index.nulls_not_distinct);
  EXPECT_FALSE(index.has_exclusion);
  EXPECT_THAT(index.key_columns, ElementsAre("B b", "a"));
  EXPECT_THAT(index.key_sql, ElementsAre("\"B b\"", "a"));
  EXPECT_EQ(index.predicate_sql, "");
  EXPECT_EQ(index.definition, "CREATE UNIQUE INDEX t_pkey ON public.t USING btree (\"B b\", a)");
}

TEST_F(IndexesPgTest, PartialAndExpressionIndexes) {
  database_.Sql(
      "CREATE SCHEMA s; CREATE FUNCTION s.key(text) RETURNS text IMMUTABLE LANGUAGE sql "
      "AS 'SELECT lower($1)';"
      "CREATE TABLE t (a text, b int, c int);"
      "CREATE UNIQUE INDEX i ON t (lower(a), (b + 1), c DESC, s.key(a)) INCLUDE (b) "
      "WHERE c > 0 AND a IS NOT NULL");
  const Index index = Only("t");
  EXPECT_TRUE(index.unique);
  EXPECT_FALSE(index.primary);
  EXPECT_THAT(index.key_sql, ElementsAre("lower(a)", "(b + 1)", "c", "s.key(a)"));
  EXPECT_THAT(index.key_columns, ElementsAre("", "", "c", ""));
  EXPECT_THAT(index.included_columns, ElementsAre("b"));
  EXPECT_EQ(index.predicate_sql, "((c > 0) AND (a IS NOT NULL))");
  for (const std::string& key : index.key_sql) database_.Sql("SELECT " + key + " FROM t");
}

TEST_F(IndexesPgTest, TheIndexesOwnCollationIsPartOfTheKey) {
  database_.Sql(
      "CREATE COLLATION \"Any Case\" (provider = icu, locale = 'und-u-ks-level2', "
      "deterministic = false);"
      "CREATE TABLE t (a text, b text COLLATE \"Any Case\", c text);"
      "CREATE UNIQUE INDEX ON t (a COLLATE \"Any Case\", b, c, b COLLATE \"C\", lower(b))");
  const Index index = Only("t");
  EXPECT_THAT(index.key_sql,
              ElementsAre("(a COLLATE public.\"Any Case\")", "b", "c", "(b COLLATE \"C\")",
                          "(lower(b) COLLATE public.\"Any Case\")"));
  EXPECT_THAT(index.key_columns, ElementsAre("a", "b", "c", "b", ""));
  for (const std::string& key : index.key_sql) database_.Sql("SELECT " + key + " FROM t");
}

TEST_F(IndexesPgTest, NullsNotDistinct) {
  if (database_.Scalar("SELECT current_setting('server_version_num')::int >= 150000") != "t")
    GTEST_SKIP() << "NULLS NOT DISTINCT came with PostgreSQL 15";
  database_.Sql("CREATE TABLE t (a int); CREATE UNIQUE INDEX ON t (a) NULLS NOT DISTINCT");
  EXPECT_TRUE(Only("t").nulls_not_distinct);
}

TEST_F(IndexesPgTest, DeferrableUniqueAndExclusion) {
  database_.Sql(
      "CREATE TABLE u (a int UNIQUE DEFERRABLE);"
      "CREATE TABLE x (r int4range, EXCLUDE USING gist (r WITH &&))");
  EXPECT_FALSE(Only("u").immediate);
  EXPECT_TRUE(Only("u").unique);
  EXPECT_TRUE(Only("x").has_exclusion);
  EXPECT_FALSE(Only("x").unique);
}

TEST_F(IndexesPgTest, AnIndexThatIsNotReadyChecksNothing) {
  database_.Sql(
      "CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a);"
      "UPDATE pg_index SET indisready = false WHERE indexrelid = 'i'::regclass");
  EXPECT_EQ(NamesOf("t"), "");
}

TEST_F(IndexesPgTest, UniqueIndexesThatOnlyAPartitionHas) {
  database_.Sql(
      "CREATE TABLE p (k int, v int, PRIMARY KEY (k, v)) PARTITION BY LIST (k);"
      "CREATE INDEX plain ON p (v);"
      "CREATE TABLE p1 (gone int, v int NOT NULL, k int NOT NULL); ALTER TABLE p1 DROP gone;"
      "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);"
      "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (v);"
      "CREATE TABLE p2a PARTITION OF p2 FOR VALUES IN (1);"
      "CREATE UNIQUE INDEX own ON p1 (v); CREATE INDEX not_unique ON p1 (v, k);"
      "CREATE UNIQUE INDEX middle ON p2 (v);"
      "ALTER TABLE p2a ADD EXCLUDE USING btree (k WITH =)");
  EXPECT_EQ(NamesOf("p"), "p_pkey plain p1.own p2.middle p2a.p2a_k_excl ");
  EXPECT_THAT(Read("p").indexes.at(2).key_columns, ElementsAre("v"));
  EXPECT_EQ(NamesOf("p2"), "middle p2_pkey p2_v_idx p2a.p2a_k_excl ");
}

TEST_F(IndexesPgTest, MaterializedViewsHaveIndexesToo) {
  database_.Sql("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX i ON m (a)");
  EXPECT_EQ(Only("m").name, "i");
}

}  // namespace
}  // namespace regraft::catalog
