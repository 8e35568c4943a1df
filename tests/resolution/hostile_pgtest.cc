// Plans that would do harm, or would fail halfway: each is refused, and `plan` has changed nothing.

#include "engine/approval/staleness.h"
#include "tests/resolution/resolving.h"

namespace regraft::resolution {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Hostile : public Resolving {
 protected:
  Hostile() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA archive;
      CREATE TABLE app.parent (id int PRIMARY KEY);
      INSERT INTO app.parent VALUES (1);
      CREATE TABLE app.all (id int, k int REFERENCES app.parent, origin char(3), n int, pay jsonb,
                            note text CONSTRAINT chk CHECK (note <> 'x'));
      CREATE TABLE app.one (id int PRIMARY KEY, k int, note text);
      CREATE TABLE app.two (id int PRIMARY KEY, k int, note text);
      INSERT INTO app.one VALUES (1, 1, 'a'), (2, 1, 'b');
      CREATE TABLE app.victim (x int)
    )sql");
  }

  std::vector<std::string> Prepared(const std::string& prepare) {
    return Refusals(Resolve("- {archive: app.one, to: archive.one}\n",
                            "prepare: [{table: app.all, " + prepare + "}]\n"));
  }
  std::vector<std::string> Merged(const std::string& keys) {
    return Refusals(Resolve("- {merge: app.one, into: app.all, set: {origin: a}, " + keys + "}\n"));
  }
};

TEST_F(Hostile, ACheckCannotEndOurStatementAndBeginAnother) {
  EXPECT_THAT(
      Prepared("replace_check: {chk: \"true) IS FALSE; COMMIT; DROP TABLE app.victim; BEGIN; "
               "SAVEPOINT regraft_try; SELECT 0::bigint FROM (SELECT 1) AS q WHERE (true\"}"),
      ElementsAre(StartsWith("bad-sql")));
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('app.victim') IS NOT NULL"), "t");
  for (const char* condition :
       {"id > 0) IS NULL OR (id < 5", "id > (SELECT 1)", "s.id > 0", "random() > 0"})
    EXPECT_THAT(Prepared(std::string("replace_check: {chk: '") + condition + "'}"),
                ElementsAre(AnyOf(StartsWith("bad-sql"), StartsWith("volatile-sql"))))
        << condition;
}

TEST_F(Hostile, ADefaultMustBeOneThatTheServerTakes) {
  for (const char* type : {"int DEFAULT ''abc''", "int DEFAULT id", "int DEFAULT (SELECT 1)",
                           "text DEFAULT ''''); DROP TABLE app.victim; --"})
    EXPECT_THAT(Prepared(std::string("add_columns: {q: '") + type + "'}"),
                ElementsAre(StartsWith("bad-sql")))
        << type;
}

TEST_F(Hostile, AUniqueIndexThatRowsOfNowBreakIsNotPut) {
  database_.Sql(
      "CREATE UNIQUE INDEX u ON app.all (id, n); INSERT INTO app.all (id, n) VALUES (7, 1), (7, "
      "2)");
  EXPECT_THAT(Prepared("replace_unique_index: {u: (id)}"), ElementsAre(StartsWith("not-unique")));
  EXPECT_THAT(Prepared("replace_unique_index: {u: '(id, n, origin)'}"), IsEmpty());
}

TEST_F(Hostile, TwoFoldsDoNotShareAColumn) {
  const auto folds = [&](const std::string& second) {
    return Refusals(
        Resolve("- {merge_jsonb: app.one, into: app.all, id: A, join: {id: id}, column: f, "
                "unmatched: remainder, remainder: archive.r1}\n" +
                second));
  };
  EXPECT_THAT(folds("- {merge_jsonb: app.two, into: app.all, join: {id: id}, column: f, unmatched: "
                    "remainder, remainder: archive.r2}\n"),
              ElementsAre(StartsWith("column-twice")));
  EXPECT_THAT(folds("- {merge: app.two, into: app.all, set: {origin: b}, overflow: f}\n"),
              Contains(StartsWith("column-twice")));
  EXPECT_THAT(folds("- {merge_jsonb: app.two, into: app.all, join: {id: id}, column: g, unmatched: "
                    "remainder, remainder: archive.r1}\n"),
              ElementsAre(StartsWith("name-twice")));
  EXPECT_THAT(
      Refusals(Resolve("- {merge_jsonb: app.one, into: app.one, join: {id: id}, column: f}\n")),
      Contains(StartsWith("same-table")));
}

TEST_F(Hostile, ARemainderHasATableOfItsOwn) {
  EXPECT_THAT(Merged("remainder: app.victim"), ElementsAre(StartsWith("name-taken")));
  EXPECT_THAT(Merged("remainder: nowhere.rest"), ElementsAre(StartsWith("no-such-schema")));
  EXPECT_THAT(Merged("remainder: archive.rest"), IsEmpty());
}

TEST_F(Hostile, AFoldedColumnHasNoDefault) {
  EXPECT_THAT(
      Refusals(Resolve("- {merge_cols: app.one, into: app.all, join: {id: id}, prefix: s_, "
                       "unmatched: remainder}\n",
                       "prepare: [{table: app.all, add_columns: {s_id: int DEFAULT 5}}]\n")),
      Contains(AllOf(StartsWith("column-taken"), HasSubstr("DEFAULT 5"))));
}

TEST_F(Hostile, LiteralsThatAreOneValueAreOneDiscriminator) {
  const auto merges = [&](const std::string& one, const std::string& other) {
    return Refusals(Resolve("- {merge: app.one, into: app.all, set: " + one + "}\n" +
                            "- {merge: app.two, into: app.all, set: " + other + "}\n"));
  };
  EXPECT_THAT(merges("{n: 1}", "{n: '01'}"), ElementsAre(StartsWith("discriminators-overlap")));
  EXPECT_THAT(merges("{origin: a}", "{origin: 'a '}"),
              ElementsAre(StartsWith("discriminators-overlap")));
  EXPECT_THAT(merges("{n: 1}", "{n: 2}"), IsEmpty());
}

TEST_F(Hostile, UntouchableMeansPreparationsPartitionsAndNamesThatExist) {
  database_.Sql(
      "CREATE TABLE app.whole (id int) PARTITION BY LIST (id);"
      "CREATE TABLE app.part PARTITION OF app.whole FOR VALUES IN (1)");
  const auto with = [&](const std::string& table, const std::string& rest) {
    return Refusals(Resolve(rest, "untouchable: [" + table + "]\n"));
  };
  EXPECT_THAT(with("app.part", "- {archive: app.whole, to: archive.whole}\n"),
              ElementsAre(StartsWith("untouchable: app.part")));
  EXPECT_THAT(with("app.whole", "- {archive: app.part, to: archive.part}\n"),
              ElementsAre(StartsWith("untouchable: app.whole")));
  EXPECT_THAT(with("app.nosuch", "- {archive: app.one, to: archive.one}\n"),
              ElementsAre(StartsWith("no-such-table: untouchable")));
  EXPECT_THAT(Refusals(Resolve(
                  "- {archive: app.one, to: archive.one}\n",
                  "untouchable: [app.all]\nprepare: [{table: app.all, add_columns: {z: int}}]\n")),
              ElementsAre(StartsWith("untouchable: prepare")));
}

TEST_F(Hostile, SqlIsTriedOnEveryRow) {
  EXPECT_THAT(Merged("fill: {n: {sql: 1 / (s.id - 2)}}"),
              ElementsAre(AllOf(StartsWith("bad-sql: fill"), HasSubstr("division by zero"))));
  for (const char* sql : {"regexp_split_to_table('a,b', ',')", "count(*)", "row_number() OVER ()"})
    EXPECT_THAT(
        Merged(std::string("columns: {note: note}, fill: {n: {sql: \"(") + sql + ")::int\"}}"),
        Contains(StartsWith("bad-sql")))
        << sql;
  for (const char* sql : {"count(*) > 0", "s.id", "unnest(ARRAY[true])"})
    EXPECT_THAT(Merged(std::string("where: \"") + sql + "\""), ElementsAre(StartsWith("bad-sql")))
        << sql;
}

TEST_F(Hostile, RowsWhoseForeignKeyFindsNothingAreNamed) {
  database_.Sql("INSERT INTO app.one VALUES (3, 99, 'c')");
  EXPECT_THAT(Merged("where: s.id > 0"),
              ElementsAre(AllOf(StartsWith("foreign-key: 1 rows"), HasSubstr("99"))));
  EXPECT_THAT(Merged("where: s.id < 3"), IsEmpty());
}

TEST_F(Hostile, NamesThatTheServerWouldCutAreRefused) {
  const std::string longer(64, 'n');
  EXPECT_THAT(Refusals(Resolve("- {archive: app.one, to: archive." + longer + "}\n")),
              ElementsAre(StartsWith("name-too-long")));
  EXPECT_THAT(Refusals(Resolve("- {archive: app.one, to: pg_mine.x}\n")),
              ElementsAre(StartsWith("reserved-schema")));
}

TEST_F(Hostile, AKeyGetsNamesThatAreFreeAndNumbersBehindTheRows) {
  database_.Sql(
      "CREATE TABLE app.\"it's\" (x int); INSERT INTO app.\"it's\" VALUES (2), (1);"
      "CREATE SEQUENCE app.\"it's_id_seq\"; CREATE TABLE app.\"it's_pkey\" (x int)");
  const auto plan = Resolve("- {add_pk: 'app.\"it''s\"', column: id, order_by: [x], id: K}\n");
  ASSERT_THAT(Refusals(plan), IsEmpty());
  std::string all = "BEGIN;";
  for (const auto& statement : Find(plan, "K").statements) all += statement.sql + ";";
  ASSERT_TRUE(database_.Sql(all + "COMMIT"));
  EXPECT_EQ(
      database_.Scalar("SELECT string_agg(x || '=' || id, ' ' ORDER BY id) FROM app.\"it's\""),
      "1=1 2=2");
  ASSERT_TRUE(database_.Sql("INSERT INTO app.\"it's\" (x) VALUES (3)"));
  EXPECT_EQ(database_.Scalar("SELECT max(id) FROM app.\"it's\""), "3");
  for (const char* column : {"xmin", "ctid"})
    EXPECT_THAT(Refusals(Resolve(std::string("- {add_pk: app.victim, column: ") + column + "}\n")),
                ElementsAre(StartsWith("column-taken")));
}

TEST_F(Hostile, AuditsAndTheLockNameWhatIsThere) {
  const std::string action = "- {archive: app.one, to: archive.one}\n";
  EXPECT_THAT(Refusals(Resolve(action + "audits:\n- {null: app.all, column: nmae}\n"
                                        "- {count: app.nosuch, expect: 1}\n"
                                        "- {null: archive.one, column: note}\n")),
              ElementsAre(StartsWith("no-such-column"), StartsWith("no-such-table")));
}

TEST_F(Hostile, APlanIsStaleOnceWhatItReliesOnChanges) {
  database_.Sql(
      "CREATE TYPE app.mood AS ENUM ('a'); ALTER TABLE app.one ADD COLUMN m app.mood;"
      "CREATE TABLE app.prepared (x int)");
  const auto plan = Resolve(
      "- {archive: app.one, to: archive.one}\n"
      "- {merge: app.two, into: app.all, set: {origin: b}}\n",
      "prepare: [{table: app.prepared, add_columns: {y: int}}]\n");
  ASSERT_THAT(Refusals(plan), IsEmpty());
  const auto reasons = [&](const std::string& change, const std::string& back) {
    EXPECT_TRUE(database_.Sql(change));
    pg::Connection connection = database_.Connect();
    const auto stale = approval::StaleReasons(connection, plan);
    EXPECT_TRUE(stale.ok()) << stale.status();
    if (!back.empty()) {
      EXPECT_TRUE(database_.Sql(back));
    }
    return stale.ok() ? *stale : std::vector<std::string>{};
  };
  EXPECT_THAT(reasons("SELECT 1", ""), IsEmpty());
  EXPECT_THAT(reasons("CREATE TABLE archive.one ()", "DROP TABLE archive.one"),
              ElementsAre(HasSubstr("archive.one is taken")));
  EXPECT_THAT(reasons("CREATE TABLE archive.app_two ()", "DROP TABLE archive.app_two"),
              ElementsAre(HasSubstr("archive.app_two is taken")));
  EXPECT_THAT(reasons("ALTER TABLE app.prepared ADD COLUMN y text",
                      "ALTER TABLE app.prepared DROP COLUMN y"),
              ElementsAre(HasSubstr("app.prepared")));
  EXPECT_THAT(reasons("ALTER TYPE app.mood ADD VALUE 'b'", ""), ElementsAre(HasSubstr("'b'")));
}

}  // namespace
}  // namespace regraft::resolution
