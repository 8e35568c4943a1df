// merge_jsonb and merge_cols: what is refused, and that rows come back out of what they became.

#include "tests/resolution/executing.h"

namespace regraft::resolution {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Folding : public Executing {
 protected:
  Folding() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.people (id int PRIMARY KEY, name text, taken jsonb, words text);
      INSERT INTO app.people VALUES (1, 'a', NULL, NULL), (2, 'b', '{}', NULL), (3, 'c', NULL, NULL);
      CREATE TABLE app.side (person int NOT NULL, score numeric, note text, at timestamptz);
      INSERT INTO app.side VALUES (1, 1.50, '', '2026-03-01 12:00+02'), (2, 'NaN', NULL, NULL)
    )sql");
  }
  saved_plan::SavedPlan Object(const std::string& keys = "", ResolveOptions options = {}) {
    return Resolve(
        "- merge_jsonb: app.side\n  into: app.people\n  id: F\n" +
            std::string(keys.find("join:") == std::string::npos ? "  join: {person: id}\n" : "") +
            (keys.find("column:") == std::string::npos ? "  column: side\n" : "") + keys,
        "", std::move(options));
  }
  saved_plan::SavedPlan Columns(const std::string& keys = "", ResolveOptions options = {}) {
    return Resolve("- merge_cols: app.side\n  into: app.people\n  id: F\n  join: {person: id}\n" +
                       (keys.empty() ? std::string("  prefix: s_\n") : keys),
                   "", std::move(options));
  }
  // Rows of the source that are not among `inverse`, or the other way round.
  std::string Lost(const std::string& inverse) {
    return database_.Scalar("SELECT count(*) FROM app.side o FULL JOIN (" + inverse +
                            ") AS r ON r.person = o.person AND r.note IS NOT DISTINCT FROM o.note "
                            "WHERE o.person IS NULL OR r.person IS NULL OR NOT "
                            "record_image_eq(ROW(o.*), ROW(r.*))");
  }
};

TEST_F(Folding, AnObjectIsMadeAndTheRowsComeBackOutOfIt) {
  const auto start = Catalog();
  const auto plan = Object("  after: keep\n", {.prove_mapping = true});
  ASSERT_THAT(Refusals(plan), IsEmpty());
  EXPECT_TRUE(Find(plan, "F").proved);
  Execute(plan);
  database_.Sql("SET TimeZone = 'UTC'; UPDATE app.people AS t SET side = (" +
                Find(plan, "F").forward + " WHERE s.person = t.id)");
  EXPECT_EQ(database_.Scalar("SELECT side->>'score' FROM app.people WHERE id = 1"), "1.50");
  EXPECT_EQ(Lost(Find(plan, "F").inverse), "0");
  Undo(plan);
  EXPECT_EQ(Catalog(), start);
}

TEST_F(Folding, ColumnsAreMadeAndTheRowsComeBackOutOfThem) {
  const auto start = Catalog();
  const auto plan = Columns("  prefix: s_\n  after: keep\n", {.prove_mapping = true});
  ASSERT_THAT(Refusals(plan), IsEmpty());
  EXPECT_TRUE(Find(plan, "F").proved);
  Execute(plan);
  database_.Sql(
      "UPDATE app.people AS t SET s_person = s.person, s_score = s.score, "
      "s_note = s.note, s_at = s.at FROM app.side AS s WHERE s.person = t.id");
  EXPECT_EQ(Lost(Find(plan, "F").inverse), "0");
  Undo(plan);
  EXPECT_EQ(Catalog(), start);
}

TEST_F(Folding, SeveralRowsOfTheSourceAreRefusedOrBecomeAnArray) {
  database_.Sql("INSERT INTO app.side VALUES (1, 2, 'second', NULL)");
  EXPECT_THAT(Refusals(Object()),
              ElementsAre(AllOf(StartsWith("several-sources: 1 rows of app.people"))));
  const auto plan = Object("  several: array\n  after: keep\n", {.prove_mapping = true});
  ASSERT_THAT(Refusals(plan), IsEmpty());
  Execute(plan);
  database_.Sql(
      "SET TimeZone = 'UTC'; UPDATE app.people AS t SET side = (SELECT "
      "jsonb_agg(f.side) FROM (" +
      Find(plan, "F").forward + " WHERE s.person = t.id) AS f)");
  EXPECT_EQ(Lost(Find(plan, "F").inverse), "0");
}

TEST_F(Folding, ColumnsHoldOneRowOnly) {
  database_.Sql("INSERT INTO app.side VALUES (1, 2, 'second', NULL)");
  EXPECT_THAT(Refusals(Columns()), ElementsAre(StartsWith("several-sources")));
  EXPECT_THAT(Refusals(Columns("  prefix: s_\n  several: array\n")),
              ElementsAre(StartsWith("several-into-columns")));
}

TEST_F(Folding, ARowForSeveralRowsOfTheTargetIsRefused) {
  database_.Sql(
      "UPDATE app.people SET name = 'same'; ALTER TABLE app.side ADD COLUMN name text; "
      "UPDATE app.side SET name = 'same'");
  EXPECT_THAT(Refusals(Object("  join: {name: name}\n")),
              ElementsAre(StartsWith("several-targets: 2 rows belong to several rows")));
  EXPECT_THAT(Refusals(Object("  join: {id: {sql: s.person + 0}}\n")), IsEmpty());
}

TEST_F(Folding, RowsWithoutAPartnerAreRefusedOrSetAside) {
  database_.Sql("INSERT INTO app.side VALUES (77, 1, 'x', NULL)");
  EXPECT_THAT(Refusals(Object()), ElementsAre(AllOf(StartsWith("unmatched: 1 rows"))));
  const auto plan = Object("  unmatched: remainder\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_EQ(Find(plan, "F").remainder_table, "app.side_remainder");
  ASSERT_EQ(Find(plan, "F").remainder.size(), 1u);
  EXPECT_EQ(Find(plan, "F").remainder[0].reason, "unmatched");
  EXPECT_EQ(Find(plan, "F").remainder[0].rows, 1);
  EXPECT_EQ(Find(Object("  remainder: archive.rest\n"), "F").remainder_table, "archive.rest");
}

TEST_F(Folding, AColumnThatHoldsValuesIsNotWrittenOver) {
  EXPECT_THAT(Refusals(Object("  column: taken\n")),
              ElementsAre(AllOf(StartsWith("column-taken"), HasSubstr("holds 1 values"))));
  EXPECT_THAT(Refusals(Object("  column: words\n")),
              ElementsAre(AllOf(StartsWith("column-differs"), HasSubstr("is text, not jsonb"))));
  database_.Sql("ALTER TABLE app.people ADD COLUMN s_note varchar(5)");
  EXPECT_THAT(Refusals(Columns()), ElementsAre(StartsWith("column-differs")));
}

TEST_F(Folding, AnEmptyColumnOfTheTypeIsUsed) {
  database_.Sql("UPDATE app.people SET taken = NULL");
  const auto plan = Object("  column: taken\n  after: keep\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Find(plan, "F").statements, IsEmpty());
}

TEST_F(Folding, ANameOfMoreThan63BytesIsRefused) {
  EXPECT_THAT(Refusals(Columns("  prefix: " + std::string(58, 'p') + "\n")),
              ElementsAre(AllOf(StartsWith("name-too-long"), HasSubstr("64 bytes"))));
}

TEST_F(Folding, ARowOfNullsNeedsAnObject) {
  database_.Sql("ALTER TABLE app.side ALTER person DROP NOT NULL");
  EXPECT_THAT(Refusals(Columns()), ElementsAre(StartsWith("no-inverse")));
  EXPECT_THAT(Refusals(Object()), IsEmpty());
}

TEST_F(Folding, AColumnOfTheJoinThatIsNotThereNamesTheNearest) {
  EXPECT_THAT(Refusals(Object("  join: {persn: id}\n")),
              ElementsAre(AllOf(StartsWith("no-such-column"), HasSubstr("person"))));
  EXPECT_THAT(Refusals(Object("  join: {person: ids}\n")),
              ElementsAre(AllOf(StartsWith("no-such-column"), HasSubstr("app.people"))));
}

TEST_F(Folding, TypesThatDoNotCompareAreABadJoin) {
  EXPECT_THAT(Refusals(Object("  join: {at: id}\n")),
              ElementsAre(AllOf(StartsWith("bad-sql"), HasSubstr("the join cannot be tried"))));
}

TEST_F(Folding, TriggersThatActOnFilledRowsAreAHazard) {
  database_.Sql(R"sql(
    CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER stamp BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.f()
  )sql");
  EXPECT_THAT(Refusals(Object()), ElementsAre(StartsWith("trigger-fires")));
  EXPECT_THAT(Refusals(Object("  allow: [triggers-suppressed]\n")), IsEmpty());
}

}  // namespace
}  // namespace regraft::resolution
