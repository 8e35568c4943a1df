#include "tests/catalog/catalog_test.h"

#include "gmock/gmock.h"

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;
using ConstraintsPgTest = CatalogTest;

TEST_F(ConstraintsPgTest, ChecksAreExpressions) {
  database_.Sql(
      "CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0), b text,"
      "  CONSTRAINT \"Odd\" CHECK (b <> 'CHECK (x)') NO INHERIT);"
      "ALTER TABLE t ADD CONSTRAINT late CHECK (a < 100) NOT VALID");
  const Table table = Read("t");
  ASSERT_EQ(table.checks.size(), 3);
  EXPECT_EQ(table.checks[0].name, "Odd");
  EXPECT_EQ(table.checks[0].expression_sql, "(b <> 'CHECK (x)'::text)");
  EXPECT_EQ(table.checks[1].name, "late");
  EXPECT_EQ(table.checks[1].expression_sql, "(a < 100)");
  EXPECT_FALSE(table.checks[1].validated);
  EXPECT_EQ(table.checks[2].name, "positive");
  EXPECT_TRUE(table.checks[2].validated);
  for (const Check& check : table.checks)
    database_.Sql("SELECT " + check.expression_sql + " FROM t");
}

TEST_F(ConstraintsPgTest, TheBoundOfAPartitionIsACheck) {
  database_.Sql(
      "CREATE TABLE p (k int, v int) PARTITION BY LIST (k);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2)");
  EXPECT_TRUE(Read("p").checks.empty());
  const Table table = Read("p1");
  ASSERT_EQ(table.checks.size(), 1);
  EXPECT_EQ(table.checks[0].name, "partition bound");
  EXPECT_EQ(table.checks[0].expression_sql, "((k IS NOT NULL) AND (k = ANY (ARRAY[1, 2])))");
}

TEST_F(ConstraintsPgTest, AForeignKeyOfTwoColumns) {
  database_.Sql(
      "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".parent (x int, y int, gone int, z text, UNIQUE (z, "
      "x));"
      "ALTER TABLE \"S\".parent DROP gone;"
      "CREATE TABLE t (\"A\" int, b text, CONSTRAINT k FOREIGN KEY (b, \"A\") "
      "  REFERENCES \"S\".parent (z, x) MATCH FULL DEFERRABLE)");
  const Table table = Read("t");
  ASSERT_EQ(table.foreign_keys.size(), 1);
  const ForeignKey& key = table.foreign_keys[0];
  EXPECT_EQ(key.name, "k");
  EXPECT_EQ(key.referenced, (pg::QualifiedName{"S", "parent"}));
  EXPECT_THAT(key.columns, ElementsAre("b", "A"));
  EXPECT_THAT(key.referenced_columns, ElementsAre("z", "x"));
  EXPECT_EQ(key.match_type, 'f');
  EXPECT_TRUE(key.deferrable);
  EXPECT_TRUE(key.validated);
  EXPECT_TRUE(Read("\"S\".parent").foreign_keys.empty());
}

TEST_F(ConstraintsPgTest, ForeignKeysThatAreNotValidated) {
  database_.Sql(
      "CREATE TABLE parent (a int PRIMARY KEY); CREATE TABLE t (a int);"
      "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES parent NOT VALID");
  const ForeignKey key = Read("t").foreign_keys.at(0);
  EXPECT_FALSE(key.validated);
  EXPECT_FALSE(key.deferrable);
  EXPECT_EQ(key.match_type, 's');
}

TEST_F(ConstraintsPgTest, AForeignKeyToAPartitionedTableCountsOnce) {
  database_.Sql(
      "CREATE TABLE parent (a int PRIMARY KEY) PARTITION BY LIST (a);"
      "CREATE TABLE parent1 PARTITION OF parent FOR VALUES IN (1);"
      "CREATE TABLE parent2 PARTITION OF parent FOR VALUES IN (2);"
      "CREATE TABLE t (a int REFERENCES parent)");
  const Table table = Read("t");
  ASSERT_EQ(table.foreign_keys.size(), 1);
  EXPECT_EQ(table.foreign_keys[0].referenced.name, "parent");
}

TEST_F(ConstraintsPgTest, ForeignKeysOfPartitionedTables) {
  database_.Sql(
      "CREATE TABLE parent (a int PRIMARY KEY);"
      "CREATE TABLE p (a int REFERENCES parent, b int) PARTITION BY LIST (a);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "ALTER TABLE p1 ADD CONSTRAINT own FOREIGN KEY (b) REFERENCES parent");
  const Table whole = Read("p");
  ASSERT_EQ(whole.foreign_keys.size(), 2);
  EXPECT_EQ(whole.foreign_keys[0].name, "p_a_fkey");
  EXPECT_EQ(whole.foreign_keys[1].name, "p1.own");
  const Table leaf = Read("p1");
  ASSERT_EQ(leaf.foreign_keys.size(), 2);
  EXPECT_EQ(leaf.foreign_keys[0].name, "own");
  EXPECT_EQ(leaf.foreign_keys[1].name, "p_a_fkey");
}

TEST_F(ConstraintsPgTest, ATableMayReferenceItself) {
  database_.Sql(
      "CREATE TABLE t (a int PRIMARY KEY, up int REFERENCES t);"
      "CREATE TABLE p (a int PRIMARY KEY, up int REFERENCES p) PARTITION BY LIST (a);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  EXPECT_EQ(Read("t").foreign_keys.size(), 1);
  EXPECT_EQ(Read("p").foreign_keys.size(), 1);
}

}  // namespace
}  // namespace regraft::catalog
