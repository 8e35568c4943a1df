#include "tests/catalog/catalog_test.h"

namespace regraft::catalog {
namespace {

using LeavesPgTest = CatalogTest;

std::string Names(const std::vector<Leaf>& leaves) {
  std::string names;
  for (const Leaf& leaf : leaves) names += pg::DisplayName(leaf.name) + " ";
  return names;
}

TEST_F(LeavesPgTest, AnOrdinaryTableIsItsOwnLeaf) {
  database_.Sql(
      "CREATE TABLE t (a int, b text);"
      "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 5000) i");
  const Table table = Read("t");
  ASSERT_EQ(table.leaves.size(), 1);
  const Leaf& leaf = table.leaves[0];
  EXPECT_EQ(leaf.oid, table.oid);
  EXPECT_EQ(leaf.name, table.name);
  EXPECT_EQ(leaf.relkind, 'r');
  EXPECT_TRUE(leaf.has_ctid);
  EXPECT_EQ(std::to_string(leaf.heap_bytes), database_.Scalar("SELECT pg_relation_size('t')"));
  EXPECT_EQ(leaf.blocks * 8192, leaf.heap_bytes);
  EXPECT_GT(leaf.blocks, 10);
  EXPECT_EQ(leaf.toast_bytes, 0);
}

TEST_F(LeavesPgTest, BlocksAreThoseOfNowNotOfTheLastVacuum) {
  database_.Sql("CREATE TABLE t (a int) WITH (autovacuum_enabled = off)");
  database_.Sql("VACUUM t");
  EXPECT_EQ(Read("t").leaves[0].blocks, 0);
  database_.Sql("INSERT INTO t VALUES (1)");
  EXPECT_EQ(Read("t").leaves[0].blocks, 1);
}

TEST_F(LeavesPgTest, ToastIsMeasuredWithoutItsIndex) {
  database_.Sql(
      "CREATE TABLE t (a text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;"
      "INSERT INTO t VALUES (repeat('x', 100000))");
  EXPECT_EQ(std::to_string(Read("t").leaves[0].toast_bytes),
            database_.Scalar("SELECT pg_relation_size(reltoastrelid) FROM pg_class "
                             "WHERE oid = 't'::regclass"));
}

TEST_F(LeavesPgTest, PartitionsOfAllLevelsByName) {
  database_.Sql(
      "CREATE SCHEMA a; CREATE TABLE p (k int, v text) PARTITION BY LIST (k);"
      "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (v);"
      "CREATE TABLE z PARTITION OF p2 FOR VALUES IN ('z');"
      "CREATE TABLE a.y (gone int, v text, k int); ALTER TABLE a.y DROP gone;"
      "ALTER TABLE p2 ATTACH PARTITION a.y FOR VALUES IN ('y');"
      "CREATE TABLE \"P1\" PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE empty PARTITION OF p FOR VALUES IN (3) PARTITION BY LIST (v)");
  const Table table = Read("p");
  EXPECT_EQ(table.relkind, 'p');
  EXPECT_EQ(Names(table.leaves), "a.y public.\"P1\" public.z ");
  EXPECT_EQ(Names(table.inheritance_children), "");
  EXPECT_EQ(Names(Read("p2").leaves), "a.y public.z ");
  EXPECT_EQ(Names(Read("a.y").leaves), "a.y ");
  EXPECT_EQ(Names(Read("empty").leaves), "public.empty ");
  EXPECT_FALSE(Read("empty").leaves[0].has_ctid);
}

TEST_F(LeavesPgTest, InheritanceChildrenOfAllLevels) {
  database_.Sql(
      "CREATE TABLE parent (a int); CREATE TABLE other (b int);"
      "CREATE TABLE child () INHERITS (parent); CREATE TABLE joint () INHERITS (child, other);"
      "CREATE TABLE again () INHERITS (parent, child)");
  const Table table = Read("parent");
  EXPECT_EQ(Names(table.leaves), "public.parent ");
  EXPECT_EQ(Names(table.inheritance_children), "public.again public.child public.joint ");
  EXPECT_EQ(Names(Read("child").inheritance_children), "public.again public.joint ");
  EXPECT_EQ(Names(Read("joint").inheritance_children), "");
}

TEST_F(LeavesPgTest, WhatHasNoCtidRanges) {
  database_.Sql(
      "CREATE ACCESS METHOD columns TYPE TABLE HANDLER heap_tableam_handler;"
      "CREATE TABLE t (a int); CREATE TABLE c (a int) USING columns;"
      "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t;"
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
      "CREATE TABLE p (a int) PARTITION BY LIST (a);"
      "CREATE FOREIGN TABLE far PARTITION OF p FOR VALUES IN (1) SERVER s;"
      "CREATE TABLE near PARTITION OF p FOR VALUES IN (2)");
  EXPECT_TRUE(Read("t").leaves.at(0).has_ctid);
  EXPECT_TRUE(Read("m").leaves.at(0).has_ctid);
  EXPECT_FALSE(Read("c").leaves.at(0).has_ctid);
  EXPECT_FALSE(Read("v").leaves.at(0).has_ctid);
  const Table table = Read("p");
  ASSERT_EQ(Names(table.leaves), "public.far public.near ");
  EXPECT_EQ(table.leaves[0].relkind, 'f');
  EXPECT_FALSE(table.leaves[0].has_ctid);
  EXPECT_TRUE(table.leaves[1].has_ctid);
  database_.Sql("DROP TABLE c");
}

}  // namespace
}  // namespace regraft::catalog
