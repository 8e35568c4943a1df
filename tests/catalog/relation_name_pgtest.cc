#include "tests/catalog/catalog_test.h"

#include "gmock/gmock.h"

namespace regraft::catalog {
namespace {

using ::testing::ElementsAre;

class RelationNamePgTest : public CatalogTest {
 protected:
  // What the engine finds in a new session: its schema and name as text, or "nothing".
  std::string Find(const pg::QualifiedName& name) {
    pg::Connection connection = database_.Connect("catalog/2");
    return FindBy(connection, name);
  }

  std::string FindBy(pg::Connection& connection, const pg::QualifiedName& name) {
    const auto oid = FindRelation(connection, name);
    if (!oid.ok()) return oid.status().ToString();
    if (!oid->has_value()) return "nothing";
    return database_.Scalar(
        "SELECT relnamespace::regnamespace || '.' || quote_ident(relname) "
        "FROM pg_catalog.pg_class WHERE oid = " +
        std::to_string(**oid));
  }
};

TEST_F(RelationNamePgTest, QualifiedNamesAreTakenAsTheyAre) {
  database_.Sql(
      "CREATE SCHEMA \"S.x\"; CREATE TABLE \"S.x\".\"T\"\"t\" (a int); CREATE TABLE t (a int)");
  EXPECT_EQ(Find({"S.x", "T\"t"}), "\"S.x\".\"T\"\"t\"");
  EXPECT_EQ(Find({"public", "t"}), "public.t");
  EXPECT_EQ(Find({"public", "T"}), "nothing");
  EXPECT_EQ(Find({"nowhere", "t"}), "nothing");
}

TEST_F(RelationNamePgTest, WithoutASchemaTheDefaultPathDecides) {
  const std::string user = database_.Scalar("SELECT quote_ident(current_user)");
  database_.Sql("CREATE TABLE t (a int); CREATE SCHEMA s; CREATE TABLE s.hidden (a int)");
  EXPECT_EQ(Find({"", "t"}), "public.t");
  EXPECT_EQ(Find({"", "hidden"}), "nothing");
  database_.Sql("CREATE SCHEMA " + user + "; CREATE TABLE " + user + ".t (a int)");
  EXPECT_EQ(Find({"", "t"}), user + ".t");
}

TEST_F(RelationNamePgTest, TheDatabasesSearchPathIsUsed) {
  database_.Sql(
      "CREATE SCHEMA \"Odd, \"\"One\"\"\"; CREATE SCHEMA second; CREATE TABLE t (a int);"
      "CREATE TABLE second.t (a int); CREATE TABLE \"Odd, \"\"One\"\"\".t (a int);"
      "ALTER DATABASE " +
      database_.name() + " SET search_path = missing, \"Odd, \"\"One\"\"\", Second");
  EXPECT_EQ(Find({"", "t"}), "\"Odd, \"\"One\"\"\".t");
  database_.Sql("DROP TABLE \"Odd, \"\"One\"\"\".t");
  EXPECT_EQ(Find({"", "t"}), "second.t");
  database_.Sql("DROP TABLE second.t");
  EXPECT_EQ(Find({"", "t"}), "nothing");
}

TEST_F(RelationNamePgTest, TheRolesSearchPathBeatsTheDatabases) {
  database_.Sql(
      "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);"
      "ALTER DATABASE " +
      database_.name() +
      " SET search_path = a;"
      "ALTER ROLE CURRENT_USER IN DATABASE " +
      database_.name() + " SET search_path = b");
  EXPECT_EQ(Find({"", "t"}), "b.t");
}

TEST_F(RelationNamePgTest, TheConnectionStringsSearchPathIsUsed) {
  database_.Sql("CREATE SCHEMA c; CREATE TABLE c.t (x int); CREATE TABLE t (x int)");
  auto connection =
      pg::Connection::Open({.conninfo = database_.conninfo() + " options='-c search_path=c'",
                            .role = "catalog/2",
                            .client_encoding = ""});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(FindBy(*connection, {"", "t"}), "c.t");
}

TEST_F(RelationNamePgTest, AnEmptySearchPathFindsTheCatalogOnly) {
  database_.Sql("CREATE TABLE t (x int); ALTER DATABASE " + database_.name() +
                " SET search_path = ''");
  EXPECT_EQ(Find({"", "t"}), "nothing");
  EXPECT_EQ(Find({"", "pg_class"}), "pg_catalog.pg_class");
}

TEST_F(RelationNamePgTest, TheServerAgrees) {
  database_.Sql(
      "CREATE SCHEMA a; CREATE TABLE a.t (x int); CREATE TABLE t (x int);"
      "CREATE TABLE pg_class (x int); CREATE TABLE a.pg_class (x int)");
  for (const char* path :
       {"a, public", "public, a", "\"$user\", public", "a, pg_catalog", "nope", "A"}) {
    database_.Sql("ALTER DATABASE " + database_.name() + " SET search_path = " + path +
                  "; SET search_path = " + path);
    for (const char* name : {"t", "pg_class"})
      EXPECT_EQ(Find({"", name}),
                database_.Scalar(
                    std::string("SELECT coalesce((SELECT relnamespace::regnamespace || '.' "
                                "|| relname FROM pg_catalog.pg_class WHERE oid = to_regclass('") +
                    name + "')), 'nothing')"))
          << path << ": " << name;
  }
}

TEST_F(RelationNamePgTest, OnlyWhatHoldsOrShowsRowsIsFound) {
  database_.Sql(
      "CREATE SEQUENCE s; CREATE TYPE c AS (a int); CREATE TABLE t (a int PRIMARY KEY);"
      "CREATE VIEW v AS SELECT 1");
  for (const char* name : {"s", "c", "t_pkey"}) EXPECT_EQ(Find({"public", name}), "nothing");
  EXPECT_EQ(Find({"", "v"}), "public.v");
}

TEST_F(RelationNamePgTest, OverlongNamesAreCutAsTheServerCutsThem) {
  const std::string name(70, 'n');
  database_.Sql("CREATE TABLE " + name + " (a int)");
  EXPECT_EQ(Find({"", name}), "public." + name.substr(0, 63));
}

TEST_F(RelationNamePgTest, SimilarNames) {
  database_.Sql(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (a int); CREATE TABLE order_items (a int);"
      "CREATE TABLE \"Ordres\" (a int); CREATE TABLE customers (a int)");
  EXPECT_THAT(*SimilarRelations(connection_, {"public", "orders"}),
              ElementsAre("sales.orders", "public.\"Ordres\""));
  EXPECT_THAT(*SimilarRelations(connection_, {"", "costumer"}), ElementsAre("public.customers"));
  EXPECT_TRUE(SimilarRelations(connection_, {"", "something_else"})->empty());
}

TEST_F(RelationNamePgTest, AtMostThreeSimilarNames) {
  database_.Sql(
      "CREATE TABLE t1 (a int); CREATE TABLE t2 (a int); CREATE TABLE t3 (a int);"
      "CREATE TABLE t4 (a int)");
  EXPECT_THAT(*SimilarRelations(connection_, {"", "t5"}),
              ElementsAre("public.t1", "public.t2", "public.t3"));
}

}  // namespace
}  // namespace regraft::catalog
