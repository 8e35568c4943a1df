// Each kind of check against planted faults, and against data without any.
#include "tests/audit/auditing.h"

namespace regraft::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AuditKinds : public Auditing {
 protected:
  AuditKinds() {
    database_.Sql(R"sql(
      CREATE SCHEMA app;
      CREATE TABLE app.people (id int PRIMARY KEY, email text, region text, seen timestamptz);
      CREATE TABLE app.slots (slot int PRIMARY KEY, person int);
      INSERT INTO app.people VALUES (1, 'a@x', 'n', now()), (2, 'a@x', 'n', NULL), (3, 'A@x', 's', NULL),
        (4, '', 'n', NULL), (5, '', 'n', NULL), (6, NULL, 'n', NULL), (7, NULL, 'n', NULL),
        (8, 'a@x ', NULL, NULL), (9, 'a@x', 's', now() - interval '3 days');
      INSERT INTO app.slots VALUES (1, 1), (2, 2), (3, 77), (4, NULL), (5, 1)
    )sql");
  }
};

TEST_F(AuditKinds, NullCountsNullsAndTheEmptyTextOnlyWhereItIsToldTo) {
  EXPECT_EQ(Found("- {null: app.people, column: email}\n"), 2);
  EXPECT_EQ(Found("- {null: app.people, column: email, or_empty: true}\n"), 4);
  EXPECT_EQ(Found("- {null: app.people, column: id}\n"), 0);
  EXPECT_EQ(Found("- {null: app.people, column: email, where: \"s.region = 's'\"}\n"), 0);
}

TEST_F(AuditKinds, ACompositeOfNullsIsAValueAndNotNull) {
  database_.Sql(
      "CREATE TYPE app.pair AS (a int, b int); CREATE TABLE app.pairs (p app.pair);"
      "INSERT INTO app.pairs VALUES (ROW(NULL, NULL)), (NULL), (ROW(1, NULL))");
  EXPECT_EQ(Found("- {null: app.pairs, column: p}\n"), 1);
}

TEST_F(AuditKinds, DuplicatesAreGroupsRowsAndSurplusRowsByTheirBytes) {
  const auto check = Check("- {duplicate: app.people, columns: [email]}\n");
  EXPECT_EQ(check["found"], 2) << "a@x three times, the empty text twice";
  EXPECT_EQ(check["parts"]["groups"], 2);
  EXPECT_EQ(check["parts"]["rows"], 5);
  EXPECT_EQ(check["parts"]["surplus"], 3);
  EXPECT_EQ(check["collation"], "C");
  EXPECT_EQ(Found("- {duplicate: app.people, columns: [email], ignore_empty: true}\n"), 1);
  EXPECT_EQ(Found("- {duplicate: app.people, columns: [email], count: rows}\n"), 5);
  EXPECT_EQ(Found("- {duplicate: app.people, columns: [email, region], count: surplus}\n"), 2);
  EXPECT_EQ(Found("- {duplicate: app.people, columns: [id]}\n"), 0);
}

TEST_F(AuditKinds, DuplicatesByACollationThatIgnoresCaseAreOthers) {
  database_.Sql(
      "CREATE COLLATION app.\"any Case\" (provider = icu, locale = 'und-u-ks-level2', "
      "deterministic = false)");
  const std::string item =
      "- {duplicate: app.people, columns: [email], ignore_empty: true, count: rows";
  EXPECT_EQ(Found(item + "}\n"), 3);
  EXPECT_EQ(Found(item + ", collation: app.any Case}\n"), 4);
  // The column's own collation is not asked.
  database_.Sql("ALTER TABLE app.people ALTER email TYPE text COLLATE app.\"any Case\"");
  EXPECT_EQ(Found(item + "}\n"), 3);
}

TEST_F(AuditKinds, OrphansAreCountedBothWaysAndNullHasNoPartner) {
  const std::string item = "- {orphan: app.slots, of: app.people, join: {person: id}";
  EXPECT_EQ(Found(item + "}\n"), 2) << "77 and NULL";
  EXPECT_EQ(Found(item + ", direction: backward}\n"), 7);
  const auto both = Check(item + ", direction: both}\n");
  EXPECT_EQ(both["found"], 9);
  EXPECT_EQ(both["parts"]["forward"], 2);
  EXPECT_EQ(both["parts"]["backward"], 7);
  EXPECT_EQ(Found(item + ", where: person IS NOT NULL, of_where: id <> 2}\n"), 2) << "2 and 77";
  EXPECT_EQ(Found("- {orphan: app.slots, of: app.slots, join: {slot: slot}, direction: both}\n"),
            0);
}

TEST_F(AuditKinds, AReferenceIsWhatAForeignKeyWouldRefuse) {
  EXPECT_EQ(Found("- {reference: app.slots, to: app.people, join: {person: id}}\n"), 1);
  database_.Sql(
      "DELETE FROM app.slots WHERE person = 77;"
      "ALTER TABLE app.slots ADD FOREIGN KEY (person) REFERENCES app.people");
  EXPECT_EQ(Found("- {reference: app.slots, to: app.people, join: {person: id}}\n"), 0);
}

TEST_F(AuditKinds, ReferencesCompareTextOfTwoCollationsByItsBytes) {
  database_.Sql(
      "CREATE TABLE app.codes (code text COLLATE \"en-x-icu\" PRIMARY KEY);"
      "CREATE TABLE app.uses (code text COLLATE \"de-x-icu\");"
      "INSERT INTO app.codes VALUES ('a'), ('B'); INSERT INTO app.uses VALUES ('a'), ('b'), "
      "(NULL)");
  EXPECT_EQ(Found("- {reference: app.uses, to: app.codes, join: {code: code}}\n"), 1);
}

TEST_F(AuditKinds, ACountPassesWithinItsTolerance) {
  const std::string item = "- count: app.people\n  expect: ";
  EXPECT_TRUE(Check(item + "9\n")["passed"]);
  EXPECT_FALSE(Check(item + "8\n")["passed"]);
  EXPECT_TRUE(Check(item + "{rows: 8, tolerance: 1}\n")["passed"]);
  EXPECT_TRUE(Check(item + "{rows: 10, tolerance: 10%}\n")["passed"]);
  EXPECT_FALSE(Check(item + "{rows: 11, tolerance: 1}\n")["passed"]);
}

TEST_F(AuditKinds, EqualCountsOfOtherIdsAreNotAligned) {
  database_.Sql(
      "CREATE TABLE app.a (id uuid); CREATE TABLE app.b (id uuid);"
      "INSERT INTO app.a SELECT ('00000000-0000-0000-0000-00000000000' || i)::uuid FROM "
      "generate_series(1, 4) i;"
      "INSERT INTO app.b SELECT id FROM app.a; INSERT INTO app.a VALUES (NULL), (NULL)");
  const std::string item = "- {alignment: app.a, with: app.b, join: {id: id}}\n";
  EXPECT_EQ(Found(item), 0) << "NULL is no id";
  database_.Sql(
      "UPDATE app.b SET id = '00000000-0000-0000-0000-000000000003' WHERE id::text LIKE '%4'");
  const auto check = Check(item);
  EXPECT_EQ(check["found"], 2) << "4 is missing, 3 is there twice; both have four ids";
  EXPECT_EQ(check["parts"]["missing_in_other"], 1);
  EXPECT_EQ(check["parts"]["missing_in_table"], 0);
  EXPECT_EQ(check["parts"]["surplus_in_other"], 1);
  EXPECT_EQ(check["samples"].size(), 2U);
}

TEST_F(AuditKinds, CardinalityCountsKeysAlsoThoseWithoutRows) {
  EXPECT_EQ(Found("- {cardinality: app.slots, columns: [person], max: 1}\n"), 1);
  EXPECT_EQ(Found("- {cardinality: app.slots, columns: [person], min: 1, max: 2}\n"), 0);
  const auto check = Check(
      "- cardinality: app.slots\n  columns: [person]\n  of: app.people\n"
      "  join: {person: id}\n  min: 1\n  max: 1\n");
  EXPECT_EQ(check["parts"]["keys"], 10) << "nine people, and 77";
  EXPECT_EQ(check["parts"]["too_few"], 7);
  EXPECT_EQ(check["parts"]["too_many"], 1);
  EXPECT_EQ(check["found"], 8);
}

TEST_F(AuditKinds, FreshnessLooksAtTheNewestValue) {
  const std::string item = "- {freshness: app.people, column: seen, within: 1h";
  EXPECT_TRUE(Check(item + "}\n")["passed"]);
  EXPECT_FALSE(Check(item + ", where: id > 1}\n")["passed"]) << "three days old";
  EXPECT_TRUE(
      Check("- {freshness: app.people, column: seen, within: 4d, where: id > 1}\n")["passed"]);
  EXPECT_FALSE(Check(item + ", where: id = 2}\n")["passed"]) << "NULL only";
  EXPECT_FALSE(Check(item + ", where: false}\n")["passed"]) << "no row";
}

TEST_F(AuditKinds, AcceptedValuesAreExact) {
  const std::string item = "- {accepted_values: app.people, column: email, values: [a@x, '']";
  EXPECT_EQ(Found(item + "}\n"), 2) << "A@x, and a@x with a blank";
  EXPECT_EQ(Found(item + ", nulls: refuse}\n"), 4);
  EXPECT_EQ(Found("- {accepted_values: app.people, column: region, values: [n, s]}\n"), 0);
}

TEST_F(AuditKinds, SqlCountsTheRowsThatItReturns) {
  EXPECT_EQ(Found("- sql: twins\n  query: SELECT id, id FROM app.people WHERE id < 3 -- two\n"), 2);
  EXPECT_EQ(Found("- sql: none\n  query: WITH x AS (SELECT 1 AS a) SELECT a FROM x WHERE false\n"),
            0);
}

TEST_F(AuditKinds, EmptyTablesPass) {
  database_.Sql("CREATE TABLE app.none (id int, email text)");
  EXPECT_EQ(Found("- {null: app.none, column: email}\n"), 0);
  EXPECT_EQ(Found("- {duplicate: app.none, columns: [email]}\n"), 0);
  EXPECT_EQ(Found("- {orphan: app.none, of: app.none, join: {id: id}, direction: both}\n"), 0);
  EXPECT_EQ(Found("- {alignment: app.none, with: app.none, join: {id: id}}\n"), 0);
  EXPECT_EQ(Found("- {cardinality: app.none, columns: [id], min: 1}\n"), 0);
  EXPECT_EQ(Found("- {count: app.none, expect: 0}\n"), 0);
}

TEST_F(AuditKinds, PartitionsAreReadAsOneTable) {
  database_.Sql(
      "CREATE TABLE app.p (id int, email text) PARTITION BY RANGE (id);"
      "CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE app.p2 PARTITION OF app.p FOR VALUES FROM (10) TO (20);"
      "INSERT INTO app.p VALUES (1, 'x'), (11, 'x'), (12, NULL)");
  EXPECT_EQ(Found("- {duplicate: app.p, columns: [email]}\n"), 1);
  EXPECT_EQ(Found("- {null: app.p, column: email}\n"), 1);
  EXPECT_EQ(Found("- {null: app.p1, column: email}\n"), 0);
}

TEST_F(AuditKinds, HostileNamesAreOnlyNames) {
  database_.Sql(
      R"sql(CREATE SCHEMA "My ""Schema"; CREATE TABLE "My ""Schema"."o.dd ü" ("Id ""x" int PRIMARY KEY, "s" text);
                      INSERT INTO "My ""Schema"."o.dd ü" VALUES (1, NULL), (2, 'a'), (3, 'a'))sql");
  const std::string table = R"('"My ""Schema"."o.dd ü"')";
  EXPECT_EQ(Found("- {null: " + table + ", column: s}\n"), 1);
  EXPECT_EQ(Found("- {duplicate: " + table + ", columns: [s]}\n"), 1);
  EXPECT_EQ(
      Found("- {alignment: " + table + ", with: " + table + ", join: {'Id \"x': 'Id \"x'}}\n"), 0);
  EXPECT_EQ(Found("- {cardinality: " + table + ", columns: ['Id \"x'], max: 1}\n"), 0);
}

TEST_F(AuditKinds, ATypeWithAnEqualityOfItsOwnKeepsIt) {
  if (database_.Scalar("SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'") == "0")
    GTEST_SKIP() << "the server has no citext";
  database_.Sql(
      "CREATE EXTENSION citext SCHEMA app;"
      "CREATE TABLE app.c (e app.citext); CREATE TABLE app.d (e app.citext);"
      "INSERT INTO app.c VALUES ('A'), ('a'); INSERT INTO app.d VALUES ('a')");
  EXPECT_EQ(Found("- {orphan: app.c, of: app.d, join: {e: e}}\n"), 0);
  EXPECT_EQ(Found("- {duplicate: app.c, columns: [e]}\n"), 1);
}

}  // namespace
}  // namespace regraft::audit
