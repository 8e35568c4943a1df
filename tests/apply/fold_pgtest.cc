#include "tests/apply/applying.h"

namespace regraft::apply {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA app;
CREATE TABLE app.people (id int PRIMARY KEY, name text, updated_at timestamptz DEFAULT '2020-01-01 UTC');
INSERT INTO app.people SELECT g, 'p' || g FROM generate_series(1, 50) g;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN new.updated_at := now(); RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TABLE app.notes (n int PRIMARY KEY, person int, words text, amount numeric);
INSERT INTO app.notes SELECT 100 - g, g % 12, CASE WHEN g % 5 > 0 THEN 'w ' || g END,
  CASE g % 2 WHEN 0 THEN 1.50 ELSE 1.5 END FROM generate_series(1, 60) g;
CREATE TABLE app.scores (person int NOT NULL UNIQUE, score numeric, tags text[]);
INSERT INTO app.scores SELECT g, g / 4.0, ARRAY['a', NULL, 'b c'] FROM generate_series(41, 60) g;
ALTER TABLE app.scores ADD FOREIGN KEY (person) REFERENCES app.people NOT VALID;
)sql";

constexpr const char* kPlan = R"yaml(
archive_names: archive.{schema}_{table}
actions:
- merge_jsonb: app.notes
  id: J
  into: app.people
  join: {person: id}
  column: notes
  several: array
  unmatched: remainder
  remainder: archive.notes_rest
  allow: [triggers-suppressed]
- merge_cols: app.scores
  id: C
  into: app.people
  join: {person: id}
  prefix: score_
  unmatched: remainder
  allow: [triggers-suppressed]
)yaml";

class ApplyingFolds : public Applying {
 protected:
  ApplyingFolds() { database_.Sql(kTables); }
};

TEST_F(ApplyingFolds, BringsEnumsAndDomainsToATargetThatHadNone) {
  database_.Sql(
      "CREATE TYPE app.mood AS ENUM ('a', 'b'); CREATE DOMAIN app.grade AS int CHECK (value > 0);"
      "CREATE TABLE app.moods (person int NOT NULL UNIQUE, mood app.mood, grade app.grade);"
      "INSERT INTO app.moods VALUES (1, 'a', 1), (2, NULL, 2);"
      "CREATE TABLE app.more (id int, name text); INSERT INTO app.more VALUES (1000, 'm')");
  const std::string before = State();
  Plan(R"yaml(
prepare:
- {table: app.people, add_columns: {origin: app.mood, rank: app.grade}}
actions:
- {merge_cols: app.moods, id: C, into: app.people, join: {person: id}, prefix: m_, allow: [triggers-suppressed]}
- {merge: app.more, id: M, into: app.people, set: {origin: b}}
)yaml");
  Approve();
  Expect(0, "C: merge_cols app.moods -> app.people: done, 2 rows", Apply());
  EXPECT_EQ(database_.Scalar("SELECT string_agg(concat_ws(' ', id, m_mood, m_grade, origin), ', ' "
                             "ORDER BY id) FROM app.people WHERE id IN (1, 2, 1000)"),
            "1 a 1, 2 2, 1000 b");
  EXPECT_EQ(
      database_.Scalar("SELECT string_agg(atttypid::regtype::text, ' ' ORDER BY attname) FROM "
                       "pg_attribute WHERE attrelid = 'app.people'::regclass AND attname IN "
                       "('m_grade', 'rank')"),
      "app.grade app.grade");
  Expect(0, "", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingFolds, KeepsEveryValueAndUndoRestoresEverything) {
  const std::string before = State();
  Plan(kPlan);
  Expect(3, "is not approved", Apply());
  Approve();
  Expect(0, "J: merge_jsonb app.notes -> app.people: done, 60 rows = 55 + 5 set aside", Apply());
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.people WHERE updated_at <> "
                             "'2020-01-01 UTC'"),
            "0")
      << "no trigger has heard of it";
  EXPECT_EQ(
      database_.Scalar("SELECT jsonb_array_length(notes) || ' ' || (notes->0->>'n') || ' ' || "
                       "(notes->4->>'n') FROM app.people WHERE id = 7"),
      "5 45 93")
      << "in the order of the key";
  EXPECT_EQ(database_.Scalar(
                "WITH back AS (SELECT (o->>'n')::int, (o->>'person')::int, o->>'words', "
                "o->>'amount' FROM app.people, jsonb_array_elements(notes) o UNION ALL SELECT n, "
                "person, words, amount::text FROM archive.notes_rest), source AS (SELECT n, "
                "person, words, amount::text FROM archive.app_notes) SELECT (SELECT count(*) FROM "
                "(TABLE back EXCEPT ALL TABLE source) a) + (SELECT count(*) FROM (TABLE source "
                "EXCEPT ALL TABLE back) b)"),
            "0");
  EXPECT_EQ(database_.Scalar("SELECT count(score_person) || ' ' || count(*) FILTER (WHERE "
                             "score_tags = ARRAY['a', NULL, 'b c']) FROM app.people"),
            "10 10");
  EXPECT_EQ(database_.Scalar("SELECT string_agg(concat_ws(' ', action_id, rows_source, "
                             "rows_target, rows_remainder, remainder_table), ', ' ORDER BY "
                             "position) FROM regraft.plan_action"),
            "J 60 55 5 \"archive\".\"notes_rest\", C 20 10 10 \"app\".\"scores_remainder\"");
  const std::string after = State();
  Expect(0, "the plan is finished", Apply());
  EXPECT_EQ(State(), after);
  Expect(0, "J: merge_jsonb app.notes -> app.people: undone", Undo());
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingFolds, UndoRefusesWhereAValueHasChanged) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply());
  database_.Sql("UPDATE app.people SET score_score = 7 WHERE id = 44");
  const std::string before = State();
  Expect(2, "2 rows of app.scores and what app.people and the remainder give back differ",
         Undo({"--only", "C"}));
  EXPECT_EQ(State(), before);
}

TEST_F(ApplyingFolds, RefusesATargetThatWasChangedMeanwhile) {
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "J"}));
  database_.Sql("ALTER TABLE app.people ADD COLUMN more int");
  const std::string before = State();
  Expect(1, "app.people: columns: new \"more integer\"", Apply());
  EXPECT_EQ(State(), before);
}

}  // namespace
}  // namespace regraft::apply
