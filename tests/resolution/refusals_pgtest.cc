// Each refusal and each hazard has a plan that provokes it, and one that does not.

#include "tests/resolution/resolving.h"

namespace regraft::resolution {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Refusing : public Resolving {
 protected:
  Refusing() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.old (id int PRIMARY KEY, name text, amount numeric, seen timestamp);
      CREATE TABLE app.all (id int PRIMARY KEY, name text, amount numeric(5,2) CONSTRAINT positive
                            CHECK (amount > 0), seen timestamptz, origin text, rest jsonb,
                            note text NOT NULL DEFAULT '');
      INSERT INTO app.old VALUES (1, 'a', 1.50, '2026-01-01 10:00'), (2, 'b', 2.25, NULL);
      INSERT INTO app.all (id, name) VALUES (10, 'there')
    )sql");
  }

  // A merge of app.old into app.all that is fine but for what `keys` adds or spoils.
  saved_plan::SavedPlan Merge(const std::string& keys, const std::string& head = "") {
    return Resolve("- merge: app.old\n  into: app.all\n  id: M\n  zones: {seen: UTC}\n" + keys,
                   head);
  }
};

constexpr const char* kFine = "  set: {origin: old}\n  allow: [narrowing-cast]\n";

TEST_F(Refusing, AFineMergeIsReady) {
  const auto plan = Merge(kFine);
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_EQ(Find(plan, "M").state, "ready");
  EXPECT_EQ(Find(plan, "M").rows, 2);
}

TEST_F(Refusing, ATableThatIsNotThereNamesTheNearest) {
  const auto plan = Resolve("- archive: app.oldd\n  to: archive.old\n");
  ASSERT_THAT(Refusals(plan), ElementsAre(HasSubstr("no-such-table")));
  EXPECT_THAT(plan.actions[0].findings[0].remedy, HasSubstr("app.old"));
}

TEST_F(Refusing, AColumnWithoutAHomeIsNamed) {
  database_.Sql("ALTER TABLE app.old ADD COLUMN extra int");
  EXPECT_THAT(Refusals(Merge(kFine)),
              ElementsAre(AllOf(StartsWith("no-home"), HasSubstr("\"extra\""),
                                HasSubstr("overflow: JSONB_COLUMN"))));
  EXPECT_THAT(Refusals(Merge(std::string(kFine) + "  overflow: rest\n")), IsEmpty());
}

TEST_F(Refusing, ANarrowerTypeIsAHazard) {
  EXPECT_THAT(Refusals(Merge("  set: {origin: old}\n")), ElementsAre(StartsWith("narrowing-cast")));
}

TEST_F(Refusing, AValueThatWouldBeLostIsShown) {
  database_.Sql("UPDATE app.old SET amount = 1.005 WHERE id = 1");
  EXPECT_THAT(Refusals(Merge(kFine)),
              Contains(AllOf(StartsWith("value-lost"), HasSubstr("1.005"))));
  const auto plan = Merge(std::string(kFine) + "  conflict: remainder\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  ASSERT_EQ(Find(plan, "M").remainder.size(), 1u);
  EXPECT_EQ(Find(plan, "M").remainder[0].reason, "loss amount");
  EXPECT_EQ(Find(plan, "M").remainder[0].example, "1");
}

TEST_F(Refusing, RowsThatClashAreCountedByReason) {
  database_.Sql("INSERT INTO app.old VALUES (10, 'x', 1.00, NULL), (11, 'y', -1.00, NULL)");
  EXPECT_THAT(Refusals(Merge(kFine)),
              ElementsAre(AllOf(StartsWith("cannot-enter: 1 rows"), HasSubstr("check positive"),
                                HasSubstr("such as 11")),
                          AllOf(StartsWith("cannot-enter: 1 rows"), HasSubstr("all_pkey"),
                                HasSubstr("such as 10"))));
}

TEST_F(Refusing, ADiscriminatorThatIsTakenIsRefused) {
  database_.Sql("UPDATE app.all SET origin = 'old'");
  EXPECT_THAT(Refusals(Merge(kFine)),
              ElementsAre(StartsWith("discriminator-taken: app.all already holds 1 rows")));
}

TEST_F(Refusing, NoDiscriminatorIsAHazard) {
  EXPECT_THAT(Refusals(Merge("  allow: [narrowing-cast]\n")),
              ElementsAre(StartsWith("no-provenance")));
}

TEST_F(Refusing, TwoMergesNeedDiscriminatorsThatExcludeEachOther) {
  database_.Sql("CREATE TABLE app.other (LIKE app.old)");
  const std::string other =
      "- {merge: app.other, into: app.all, allow: [narrowing-cast], zones: {seen: UTC}, set: "
      "{note: x}}\n";
  const auto plan = Resolve(
      "- {merge: app.old, into: app.all, allow: [narrowing-cast], zones: {seen: "
      "UTC}, set: {origin: old}}\n" +
      other);
  EXPECT_THAT(Refusals(plan), ElementsAre(StartsWith("discriminators-overlap")));
}

TEST_F(Refusing, RowsOfAnEarlierMergeAreInTheWayOfALaterOne) {
  database_.Sql(
      "CREATE TABLE app.other (LIKE app.old); INSERT INTO app.other VALUES (2, 'c', 1.00, NULL)");
  const auto plan = Resolve(
      "- {merge: app.old, into: app.all, id: A, allow: [narrowing-cast], zones: {seen: UTC}, set: "
      "{origin: a}}\n"
      "- {merge: app.other, into: app.all, id: B, allow: [narrowing-cast], zones: {seen: UTC}, "
      "set: {origin: b}}\n");
  EXPECT_THAT(Refusals(plan),
              ElementsAre(AllOf(StartsWith("cannot-enter: 1 rows"), HasSubstr("all_pkey"))));
  EXPECT_EQ(Find(plan, "A").state, "ready");
  EXPECT_EQ(Find(plan, "B").state, "refused");
}

TEST_F(Refusing, TriggersOfTheTargetAreHazards) {
  database_.Sql(R"sql(
    CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER stamp BEFORE INSERT ON app.all FOR EACH ROW EXECUTE FUNCTION app.f()
  )sql");
  EXPECT_THAT(Refusals(Merge(kFine)),
              ElementsAre(AllOf(StartsWith("trigger-fires"), HasSubstr("\"stamp\""))));
  const auto plan = Merge("  set: {origin: old}\n  allow: [narrowing-cast, triggers-suppressed]\n");
  EXPECT_THAT(Refusals(plan), IsEmpty());
  EXPECT_THAT(Findings(plan), Contains(StartsWith("hazard triggers-suppressed")));
}

TEST_F(Refusing, AFunctionThatDeletesFromTheTargetIsAHazard) {
  database_.Sql(
      "CREATE FUNCTION app.sweep() RETURNS void LANGUAGE plpgsql AS "
      "'BEGIN DELETE FROM app.all WHERE seen < now(); END'");
  EXPECT_THAT(Refusals(Merge(kFine)),
              ElementsAre(AllOf(StartsWith("deleted-by-function"), HasSubstr("app.sweep()"))));
}

TEST_F(Refusing, AFunctionThatNamesAMovedTableIsAHazard) {
  database_.Sql(
      "CREATE FUNCTION app.read() RETURNS bigint LANGUAGE plpgsql AS "
      "'BEGIN RETURN (SELECT count(*) FROM app.old); END'");
  EXPECT_THAT(Refusals(Resolve("- {move: app.old, to: archive.old}\n")),
              ElementsAre(AllOf(StartsWith("textual-dependents"), HasSubstr("app.read"))));
  EXPECT_THAT(
      Refusals(Resolve("- {move: app.old, to: archive.old, allow: [textual-dependents]}\n")),
      IsEmpty());
  EXPECT_THAT(Refusals(Resolve("- {move: app.old, to: archive.old, view: true}\n")), IsEmpty());
}

TEST_F(Refusing, SqlInThePlanIsRead) {
  const auto refusals = [&](const std::string& sql) {
    return Refusals(Merge(std::string(kFine) + "  fill: {note: {sql: \"" + sql + "\"}}\n"));
  };
  EXPECT_THAT(refusals("s.name"), IsEmpty());
  EXPECT_THAT(refusals("s.nmae"), ElementsAre(AllOf(StartsWith("bad-sql"), HasSubstr("nmae"))));
  EXPECT_THAT(refusals("random()::text"), ElementsAre(StartsWith("volatile-sql")));
  EXPECT_THAT(refusals("(SELECT min(x.name) FROM app.nil x)"),
              ElementsAre(StartsWith("no-such-table")));
  EXPECT_THAT(refusals("(SELECT min(x.name) FROM old x)"),
              ElementsAre(StartsWith("unqualified-name")));
  EXPECT_THAT(refusals("s.name); DROP TABLE app.old; --"), ElementsAre(StartsWith("bad-sql")));
  EXPECT_THAT(refusals("(SELECT x.name FROM app.old x)"), Contains(HasSubstr("more than one row")));
}

TEST_F(Refusing, RowCountsOfTheDocumentAreHeldToTheirTolerance) {
  EXPECT_THAT(Refusals(Merge(std::string(kFine) + "  expect_rows: 3\n")),
              ElementsAre(AllOf(StartsWith("row-count"), HasSubstr("2 rows; the plan expects 3"))));
  EXPECT_THAT(Refusals(Merge(std::string(kFine) + "  expect_rows: {rows: 3, tolerance: 1}\n")),
              IsEmpty());
}

TEST_F(Refusing, WhatIsUntouchableOrTodoIsRefused) {
  EXPECT_THAT(Refusals(Merge(kFine, "untouchable: [app.all]\n")),
              ElementsAre(StartsWith("untouchable: app.all")));
  EXPECT_THAT(Refusals(Merge(std::string(kFine) + "  todo: [which id]\n")),
              ElementsAre(StartsWith("todo: still to be decided: which id")));
}

TEST_F(Refusing, CountsOfADocumentThatDisagreeNeedSomebodyWhoKnows) {
  const std::string archive = "- {archive: app.old, to: archive.old}\n";
  EXPECT_THAT(
      Refusals(
          Resolve(archive, "reconciliation: {declared: 64, itemised: 56, acknowledged: ''}\n")),
      ElementsAre(StartsWith("reconciliation: the document declares 64 actions and lists 56")));
  EXPECT_THAT(Refusals(Resolve(
                  archive, "reconciliation: {declared: 64, itemised: 56, acknowledged: Ada}\n")),
              IsEmpty());
}

TEST_F(Refusing, APreparedColumnMustBeTheOneAskedFor) {
  const auto refusals = [&](const std::string& prepare) {
    return Refusals(Merge(kFine, "prepare: [{table: app.all, " + prepare + "}]\n"));
  };
  EXPECT_THAT(refusals("add_columns: {origin: text}"), IsEmpty());
  EXPECT_THAT(refusals("add_columns: {origin: varchar(9)}"),
              ElementsAre(AllOf(StartsWith("column-differs"), HasSubstr("as text"))));
  EXPECT_THAT(refusals("add_columns: {extra: nosuch}"), ElementsAre(StartsWith("bad-type")));
  EXPECT_THAT(refusals("add_columns: {extra: text NOT NULL}"),
              Contains(StartsWith("not-null-without-default")));
  EXPECT_THAT(refusals("drop_not_null: [nmae]"), ElementsAre(StartsWith("no-such-column")));
  EXPECT_THAT(refusals("drop_not_null: [id]"), ElementsAre(StartsWith("primary-key")));
  EXPECT_THAT(refusals("replace_check: {positve: 'amount > 1'}"),
              ElementsAre(StartsWith("no-such-constraint")));
  EXPECT_THAT(refusals("replace_check: {positive: 'nil > 1'}"), ElementsAre(StartsWith("bad-sql")));
  EXPECT_THAT(refusals("replace_unique_index: {all_pkey: '(origin, id)'}"),
              ElementsAre(StartsWith("index-of-constraint")));
  EXPECT_THAT(refusals("replace_unique_index: {nil: '(origin, id)'}"),
              ElementsAre(StartsWith("no-such-index")));
}

TEST_F(Refusing, ACheckThatRowsOfNowFailIsNotPut) {
  database_.Sql("UPDATE app.all SET amount = 5");
  EXPECT_THAT(Refusals(Merge(kFine,
                             "prepare: [{table: app.all, replace_check: "
                             "{positive: amount > 6}}]\n")),
              Contains(AllOf(StartsWith("check-fails"), HasSubstr("1 rows of now"))));
}

TEST_F(Refusing, ANewNameMustBeFree) {
  database_.Sql(
      "CREATE TABLE archive.old (x int); CREATE VIEW archive.v AS SELECT 1 AS x; "
      "CREATE DOMAIN archive.d AS int");
  for (const char* name : {"archive.old", "archive.v", "archive.d"})
    EXPECT_THAT(Refusals(Resolve(std::string("- {archive: app.old, to: ") + name + "}\n")),
                ElementsAre(AnyOf(StartsWith("name-taken"), StartsWith("type-name-taken"))))
        << name;
  EXPECT_THAT(Refusals(Resolve("- {archive: app.old, to: archive.z}\n"
                               "- {archive: app.all, to: archive.z}\n")),
              Contains(StartsWith("name-twice")));
}

TEST_F(Refusing, OneTableHasOneFate) {
  EXPECT_THAT(Refusals(Resolve("- {archive: app.old, to: archive.y}\n"
                               "- {move: app.old, to: archive.z}\n")),
              Contains(StartsWith("source-twice")));
}

TEST_F(Refusing, ARoleThatCannotReachTheNewSchemaIsAHazard) {
  database_.Sql(
      "DO $$ BEGIN CREATE ROLE regraft_reader_t; EXCEPTION WHEN duplicate_object OR "
      "unique_violation THEN NULL; END $$; GRANT USAGE ON SCHEMA app TO regraft_reader_t; "
      "GRANT SELECT ON app.old TO regraft_reader_t");
  EXPECT_THAT(Refusals(Resolve("- {move: app.old, to: archive.old}\n")),
              ElementsAre(AllOf(StartsWith("missing-usage"), HasSubstr("regraft_reader_t"),
                                HasSubstr("GRANT USAGE"))));
  database_.Sql(
      "REVOKE ALL ON app.old FROM regraft_reader_t; REVOKE ALL ON SCHEMA app FROM "
      "regraft_reader_t");
}

TEST_F(Refusing, AZoneMustExist) {
  EXPECT_THAT(Refusals(Resolve("- {merge: app.old, into: app.all, set: {origin: x}, allow: "
                               "[narrowing-cast], zones: {seen: Europe/Nowhere}}\n")),
              ElementsAre(AllOf(StartsWith("no-home"), HasSubstr("Europe/Nowhere"))));
  EXPECT_THAT(Refusals(Resolve("- {merge: app.old, into: app.all, set: {origin: x}, allow: "
                               "[narrowing-cast], zones: {name: UTC}}\n")),
              ElementsAre(AllOf(StartsWith("no-home"), HasSubstr("zones: name"))));
}

TEST_F(Refusing, AKeyIsNotAddedTwice) {
  EXPECT_THAT(Refusals(Resolve("- {add_pk: app.old, column: id, order_by: [nmae]}\n")),
              ElementsAre(StartsWith("has-primary-key"), StartsWith("column-taken"),
                          StartsWith("no-such-column")));
}

TEST_F(Refusing, AllOfThemComeInOneRun) {
  EXPECT_GE(Refusals(Resolve("- {archive: app.nil, to: archive.a}\n"
                             "- {merge: app.old, into: app.all}\n"
                             "- {add_pk: app.all, column: id}\n",
                             "untouchable: [app.all]\n"))
                .size(),
            5u);
}

}  // namespace
}  // namespace regraft::resolution
