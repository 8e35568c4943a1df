// Type::structure compares types across databases, whose OIDs differ.
#include "tests/catalog/catalog_test.h"

namespace regraft::catalog {
namespace {

class StructurePgTest : public CatalogTest {
 protected:
  // The structure of t's only column, and by the way its type's OID.
  static std::string StructureIn(support::TestDatabase& database, uint32_t* oid) {
    pg::Connection connection = database.Connect("catalog/2");
    const std::string table = database.Scalar("SELECT 't'::regclass::oid");
    const auto read = ReadTable(connection, static_cast<uint32_t>(std::stoul(table)));
    *oid = read.value().columns.at(0).type.oid;
    return read.value().columns.at(0).type.structure;
  }

  // True when column c of t, made by `here` and by `there` in two databases, has one structure.
  bool Same(const std::string& here, const std::string& there) {
    support::TestDatabase other;
    // Moves the OIDs apart.
    other.Sql("CREATE TYPE filler AS ENUM ('x'); CREATE TABLE more_filler (a serial)");
    database_.Sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; " + here);
    other.Sql(there);
    uint32_t own_oid = 0;
    uint32_t other_oid = 0;
    const std::string own = StructureIn(database_, &own_oid);
    const std::string others = StructureIn(other, &other_oid);
    EXPECT_NE(own_oid, other_oid);
    return own == others;
  }
};

constexpr const char* kEnum = "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (c e[])";
constexpr const char* kComposite =
    "CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS varchar(5);"
    "CREATE TYPE c AS (x int, y e[], z d); CREATE TABLE t (c c)";
constexpr const char* kDomain = "CREATE DOMAIN d AS numeric(6,2); CREATE TABLE t (c d)";
constexpr const char* kRange =
    "CREATE DOMAIN d AS int; CREATE TYPE r AS RANGE (subtype = int8); CREATE TABLE t (c r)";

TEST_F(StructurePgTest, EqualWhereOnlyOidsDiffer) {
  for (const char* sql : {kEnum, kComposite, kDomain, kRange}) EXPECT_TRUE(Same(sql, sql)) << sql;
}

TEST_F(StructurePgTest, DroppedAttributesDoNotCount) {
  EXPECT_TRUE(Same("CREATE TYPE c AS (x int); CREATE TABLE t (c c)",
                   "CREATE TYPE c AS (gone text, x int); ALTER TYPE c DROP ATTRIBUTE gone;"
                   "CREATE TABLE t (c c)"));
}

TEST_F(StructurePgTest, AnArraysOwnNameDoesNotCount) {
  EXPECT_TRUE(Same(kEnum, "CREATE TYPE _e AS (x int); " + std::string(kEnum)));
}

TEST_F(StructurePgTest, EnumLabelsCount) {
  EXPECT_FALSE(Same(kEnum, "CREATE TYPE e AS ENUM ('a', 'B'); CREATE TABLE t (c e[])"));
  EXPECT_FALSE(Same(kEnum, "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (c e[])"));
  EXPECT_FALSE(Same("CREATE TYPE e AS ENUM ('a'', ''b'); CREATE TABLE t (c e)",
                    "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (c e)"));
}

TEST_F(StructurePgTest, CompositeFieldsCount) {
  const std::string types = "CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS varchar(5);";
  for (const char* fields : {"(x int, y e[], zz d)", "(x int8, y e[], z d)", "(y e[], x int, z d)",
                             "(x int, y e[])", "(x int, y e, z d)", "(x int, y e[], z varchar(5))"})
    EXPECT_FALSE(Same(kComposite, types + "CREATE TYPE c AS " + fields + "; CREATE TABLE t (c c)"))
        << fields;
  EXPECT_FALSE(Same("CREATE TYPE c AS (x varchar(5)); CREATE TABLE t (c c)",
                    "CREATE TYPE c AS (x varchar(6)); CREATE TABLE t (c c)"));
}

TEST_F(StructurePgTest, BasesOfDomainsAndRangesCount) {
  EXPECT_FALSE(Same(kDomain, "CREATE DOMAIN d AS numeric(6,3); CREATE TABLE t (c d)"));
  EXPECT_FALSE(Same(kDomain, "CREATE DOMAIN d AS float8; CREATE TABLE t (c d)"));
  EXPECT_FALSE(Same(kRange, "CREATE TYPE r AS RANGE (subtype = int4); CREATE TABLE t (c r)"));
}

TEST_F(StructurePgTest, SchemasCount) {
  EXPECT_FALSE(
      Same(kDomain, "CREATE SCHEMA s; CREATE DOMAIN s.d AS numeric(6,2); CREATE TABLE t (c s.d)"));
}

}  // namespace
}  // namespace regraft::catalog
