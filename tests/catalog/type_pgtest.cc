#include "engine/catalog/type.h"
#include "tests/catalog/catalog_test.h"

namespace regraft::catalog {
namespace {

using Kind = copy_format::TypeShape::Kind;

class TypePgTest : public CatalogTest {
 protected:
  // The type of a column that is declared as `sql`.
  Type TypeOf(const std::string& sql) {
    database_.Sql("DROP TABLE IF EXISTS one_column; CREATE TABLE one_column (c " + sql + ")");
    return Read("one_column").columns.at(0).type;
  }
};

TEST_F(TypePgTest, ABuiltInType) {
  const Type type = TypeOf("int");
  EXPECT_EQ(type.oid, 23);
  EXPECT_EQ(type.schema, "pg_catalog");
  EXPECT_EQ(type.name, "int4");
  EXPECT_EQ(type.shape.kind, Kind::kPlain);
  EXPECT_FALSE(type.shape.carries_user_oid);
  EXPECT_EQ(type.base_oid, 23);
  EXPECT_EQ(type.base_typmod, -1);
  EXPECT_FALSE(type.is_domain);
  EXPECT_TRUE(type.binary_io);
  EXPECT_EQ(type.no_binary_io, "");
  EXPECT_TRUE(type.is_builtin);
  EXPECT_EQ(type.structure, "pg_catalog.int4");
}

TEST_F(TypePgTest, ArraysOfBuiltInTypesCarryNoUserOid) {
  const Type type = TypeOf("numeric(4,1)[]");
  EXPECT_EQ(type.shape.kind, Kind::kArray);
  ASSERT_EQ(type.shape.parts.size(), 1);
  EXPECT_EQ(type.shape.parts[0].kind, Kind::kPlain);
  EXPECT_FALSE(type.shape.carries_user_oid);
  EXPECT_TRUE(type.is_builtin);
  EXPECT_EQ(type.structure, "pg_catalog.numeric[]");
}

TEST_F(TypePgTest, TypesWithElementsThatAreNoArraysArePlain) {
  for (const char* sql : {"int2vector", "oidvector", "point", "box", "name", "lseg", "line"})
    EXPECT_EQ(TypeOf(sql).shape.kind, Kind::kPlain) << sql;
}

TEST_F(TypePgTest, EnumsAndTheirArrays) {
  database_.Sql(
      "CREATE TYPE mood AS ENUM ('sad', 'it''s'); ALTER TYPE mood ADD VALUE 'so' BEFORE 'sad'");
  const Type type = TypeOf("mood");
  EXPECT_EQ(type.shape.kind, Kind::kPlain);
  EXPECT_FALSE(type.shape.carries_user_oid);
  EXPECT_FALSE(type.is_builtin);
  EXPECT_EQ(type.structure, "public.mood enum('so', 'sad', 'it''s')");
  const Type array = TypeOf("mood[]");
  EXPECT_TRUE(array.shape.carries_user_oid);
  EXPECT_EQ(array.structure, type.structure + "[]");
}

TEST_F(TypePgTest, DomainsAreResolvedThroughAllLevels) {
  database_.Sql(
      "CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE > 0);"
      "CREATE DOMAIN fare AS price; CREATE DOMAIN best AS fare NOT NULL");
  const Type type = TypeOf("best");
  EXPECT_TRUE(type.is_domain);
  EXPECT_EQ(type.name, "best");
  EXPECT_EQ(type.base_oid, 1700);
  EXPECT_EQ(std::to_string(type.base_typmod),
            database_.Scalar("SELECT typtypmod FROM pg_type WHERE typname = 'price'"));
  EXPECT_EQ(type.shape.kind, Kind::kPlain);
  EXPECT_FALSE(type.is_builtin);
  EXPECT_EQ(type.structure,
            "public.best domain(public.fare domain(public.price domain("
            "pg_catalog.numeric#" +
                std::to_string(type.base_typmod) + ")))");
}

TEST_F(TypePgTest, ADomainOverADomainOverAnArrayHasTheArraysShape) {
  database_.Sql(
      "CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN moods AS mood[];"
      "CREATE DOMAIN best_moods AS moods");
  const Type type = TypeOf("best_moods");
  EXPECT_EQ(type.shape.kind, Kind::kArray);
  EXPECT_TRUE(type.shape.carries_user_oid);
  EXPECT_EQ(std::to_string(type.base_oid), database_.Scalar("SELECT 'mood[]'::regtype::oid"));
}

TEST_F(TypePgTest, AnArrayOfADomainCarriesTheDomainsOid) {
  database_.Sql("CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
  EXPECT_FALSE(TypeOf("positive").shape.carries_user_oid);
  EXPECT_TRUE(TypeOf("positive[]").shape.carries_user_oid);
}

TEST_F(TypePgTest, CompositesShowTheirLiveFields) {
  database_.Sql(
      "CREATE TYPE c AS (a int, gone text, \"B b\" varchar(3)[]);"
      "ALTER TYPE c DROP ATTRIBUTE gone");
  const Type type = TypeOf("c");
  EXPECT_EQ(type.shape.kind, Kind::kComposite);
  ASSERT_EQ(type.shape.parts.size(), 2);
  EXPECT_EQ(type.shape.parts[1].kind, Kind::kArray);
  EXPECT_FALSE(type.shape.carries_user_oid);
  EXPECT_EQ(type.structure, "public.c(a pg_catalog.int4, \"B b\" pg_catalog.varchar[]#7)");
  EXPECT_TRUE(TypeOf("c[]").shape.carries_user_oid);
}

TEST_F(TypePgTest, UserOidsDeepInsideAreFound) {
  database_.Sql(
      "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE inner_c AS (m mood);"
      "CREATE TYPE range_of AS RANGE (subtype = inner_c); CREATE TYPE plain_c AS (r numrange)");
  EXPECT_TRUE(TypeOf("inner_c").shape.carries_user_oid);
  EXPECT_TRUE(TypeOf("range_of").shape.carries_user_oid);
  EXPECT_FALSE(TypeOf("plain_c").shape.carries_user_oid);
}

TEST_F(TypePgTest, ATablesRowTypeIsAComposite) {
  database_.Sql("CREATE TABLE whole (a int, b int); ALTER TABLE whole DROP a");
  EXPECT_EQ(TypeOf("whole").structure, "public.whole(b pg_catalog.int4)");
}

TEST_F(TypePgTest, RangesAndMultiranges) {
  database_.Sql("CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE moods AS RANGE (subtype = mood)");
  const Type range = TypeOf("moods");
  EXPECT_EQ(range.shape.kind, Kind::kRange);
  ASSERT_EQ(range.shape.parts.size(), 1);
  EXPECT_FALSE(range.shape.carries_user_oid);  // bounds are values, no OIDs
  EXPECT_EQ(range.structure, "public.moods range(public.mood enum('a', 'b'))");
  const Type multirange = TypeOf("int4multirange");
  EXPECT_EQ(multirange.shape.kind, Kind::kMultirange);
  ASSERT_EQ(multirange.shape.parts.size(), 1);
  EXPECT_EQ(multirange.shape.parts[0].kind, Kind::kRange);
  EXPECT_TRUE(multirange.is_builtin);
  EXPECT_EQ(multirange.structure,
            "pg_catalog.int4multirange multirange(pg_catalog.int4range range("
            "pg_catalog.int4 canonical int4range_canonical))");
}

TEST_F(TypePgTest, TypesWithoutBinaryFormAreNamed) {
  database_.Sql("CREATE TYPE c AS (a int, acl aclitem[]); CREATE DOMAIN acl AS aclitem");
  for (const char* sql : {"aclitem", "aclitem[]", "acl", "c", "c[]"}) {
    const Type type = TypeOf(sql);
    EXPECT_FALSE(type.binary_io) << sql;
    EXPECT_EQ(type.no_binary_io, "pg_catalog.aclitem") << sql;
  }
}

TEST_F(TypePgTest, XmlItselfIsToldFromXmlInside) {
  database_.Sql("CREATE DOMAIN page AS xml; CREATE TYPE c AS (x page)");
  for (const char* sql : {"xml", "page"}) {
    EXPECT_TRUE(TypeOf(sql).is_xml) << sql;
    EXPECT_FALSE(TypeOf(sql).contains_xml) << sql;
  }
  for (const char* sql : {"xml[]", "page[]", "c", "c[]"}) {
    EXPECT_FALSE(TypeOf(sql).is_xml) << sql;
    EXPECT_TRUE(TypeOf(sql).contains_xml) << sql;
  }
}

TEST_F(TypePgTest, EveryRegTypeIsAnObjectOid) {
  const auto names = database_.Rows(
      "SELECT typname FROM pg_type WHERE typname ~ '^reg' "
      "AND typtype = 'b' AND typnamespace = 'pg_catalog'::regnamespace");
  EXPECT_GE(names.size(), 11);
  for (const auto& row : names) EXPECT_TRUE(TypeOf(row[0]).contains_object_oid) << row[0];
  database_.Sql("CREATE DOMAIN d AS regtype; CREATE TYPE c AS (r d)");
  EXPECT_TRUE(TypeOf("d").contains_object_oid);
  EXPECT_TRUE(TypeOf("c[]").contains_object_oid);
  EXPECT_FALSE(TypeOf("oid").contains_object_oid);
}

// What no test names: every type that a column can have resolves, and agrees with the catalog.
TEST_F(TypePgTest, EveryBuiltInType) {
  database_.Sql(
      "DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE all_types (' || "
      "string_agg(format('%I %s', 'c' || oid, format_type(oid, NULL)), ',') || ')' "
      "FROM pg_type t WHERE typtype IN ('b', 'r', 'm') AND typisdefined "
      "AND typnamespace = 'pg_catalog'::regnamespace "
      "AND NOT EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typtype IN ('c', "
      "'p'))); END "
      "$$");
  const Table table = Read("all_types");
  EXPECT_GT(table.columns.size(), 150);
  for (const Column& column : table.columns) {
    const std::string of = " FROM pg_type WHERE oid = " + std::to_string(column.type.oid);
    EXPECT_EQ(column.type.name, database_.Scalar("SELECT typname" + of));
    EXPECT_TRUE(column.type.is_builtin) << column.type_sql;
    EXPECT_FALSE(column.type.shape.carries_user_oid) << column.type_sql;
    EXPECT_EQ(column.type.shape.kind == Kind::kArray,
              database_.Scalar("SELECT typoutput = 'array_out'::regproc" + of) == "t");
    EXPECT_EQ(column.type.binary_io,
              database_.Scalar("SELECT typsend <> 0 AND typname !~ '^_?(int2|oid)vector$' AND NOT "
                               "EXISTS (SELECT FROM pg_type e WHERE e.oid "
                               "= pg_type.typelem AND e.typsend = 0)" +
                               of) == "t")
        << column.type_sql;
  }
}

}  // namespace
}  // namespace regraft::catalog
