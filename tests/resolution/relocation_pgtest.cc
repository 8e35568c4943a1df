// Tables that move: the statements lead to exactly the new place, and their undo back.

#include "tests/resolution/executing.h"

namespace regraft::resolution {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Moving : public Executing {
 protected:
  Moving() {
    database_.Sql(R"sql(
      CREATE SCHEMA app; CREATE SCHEMA sales; CREATE SCHEMA archive;
      CREATE TABLE app.things (id serial CONSTRAINT things_key PRIMARY KEY,
                               code text CONSTRAINT things_code UNIQUE, a int, b int);
      CREATE INDEX things_ab ON app.things (a, b);
      CREATE STATISTICS app.things_stat ON a, b FROM app.things;
      COMMENT ON TABLE app.things IS 'it''s mine';
      INSERT INTO app.things (code, a, b) VALUES ('x', 1, 2), ('y', 3, 4)
    )sql");
  }
  // Resolves, executes, looks with `see`, takes back, and compares with the start.
  template <typename See>
  void ThereAndBack(const std::string& actions, const See& see, const std::string& head = "") {
    const auto start = Catalog();
    const auto plan = Resolve(actions, head);
    ASSERT_THAT(Refusals(plan), IsEmpty());
    Execute(plan);
    EXPECT_NE(Catalog(), start);
    see(plan);
    Undo(plan);
    EXPECT_EQ(Catalog(), start);
  }
  std::string Oid(const std::string& table) {
    return database_.Scalar("SELECT '" + table + "'::regclass::oid");
  }
};

TEST_F(Moving, ToAnotherSchemaAndNameWithAllThatHangsOnIt) {
  const std::string oid = Oid("app.things");
  ThereAndBack("- {archive: app.things, to: archive.app_things, id: A}\n", [&](const auto&) {
    EXPECT_EQ(Oid("archive.app_things"), oid);
    EXPECT_THAT(NamesOf("archive.app_things"),
                ElementsAre(ElementsAre("archive.things_ab"), ElementsAre("archive.things_code"),
                            ElementsAre("archive.things_id_seq"), ElementsAre("archive.things_key"),
                            ElementsAre("archive.things_stat")));
    EXPECT_EQ(database_.Scalar("SELECT obj_description('archive.app_things'::regclass)"),
              "it's mine\nregraft: A, was app.things");
    EXPECT_EQ(database_.Scalar("INSERT INTO archive.app_things (code) VALUES ('z') RETURNING id"),
              "3");
  });
}

TEST_F(Moving, OnlyTheSchemaOrOnlyTheName) {
  const std::string oid = Oid("app.things");
  ThereAndBack("- {move: app.things, to: sales.things}\n",
               [&](const auto&) { EXPECT_EQ(Oid("sales.things"), oid); });
  ThereAndBack("- {move: app.things, to: app.goods}\n",
               [&](const auto&) { EXPECT_EQ(Oid("app.goods"), oid); });
}

TEST_F(Moving, NamesThatNeedQuotesAreQuoted) {
  database_.Sql("CREATE SCHEMA \"Odd 'one\"; CREATE TABLE \"Odd 'one\".\"a.\"\"B\" (x int)");
  ThereAndBack("- {move: '\"Odd ''one\".\"a.\"\"B\"', to: '\"Odd ''one\".\"%s\"'}\n",
               [&](const auto&) {
                 EXPECT_EQ(database_.Scalar("SELECT count(*) FROM \"Odd 'one\".\"%s\""), "0");
               });
}

TEST_F(Moving, EachNameThatIsTakenGivesWay) {
  database_.Sql(R"sql(
    CREATE TABLE archive.things_key (x int); CREATE VIEW archive.things_code AS SELECT 1 AS x;
    CREATE SEQUENCE archive.things_ab; CREATE TABLE archive.t (x int, y int);
    CREATE INDEX things_id_seq ON archive.t (x);
    CREATE STATISTICS archive.things_stat ON x, y FROM archive.t;
    CREATE TABLE archive.old_things_ab (x int)
  )sql");
  ThereAndBack("- {archive: app.things, to: archive.old, id: A}\n", [&](const auto& plan) {
    EXPECT_THAT(
        NamesOf("archive.old"),
        ElementsAre(ElementsAre("archive.old_things_ab_2"), ElementsAre("archive.old_things_code"),
                    ElementsAre("archive.old_things_id_seq"), ElementsAre("archive.old_things_key"),
                    ElementsAre("archive.old_things_stat")));
    EXPECT_EQ(database_.Scalar("INSERT INTO archive.old (code) VALUES ('z') RETURNING id"), "3");
    EXPECT_THAT(Findings(plan), Contains(AllOf(HasSubstr("note name-clash"),
                                               HasSubstr("things_code becomes old_things_code"),
                                               HasSubstr("view things_code"))));
  });
}

TEST_F(Moving, TwoTablesWithIndexesOfOneNameGoToOneArchive) {
  database_.Sql(R"sql(
    CREATE TABLE app.t (id serial PRIMARY KEY, x int); CREATE INDEX by_x ON app.t (x);
    CREATE TABLE sales.t (id serial PRIMARY KEY, x int); CREATE INDEX by_x ON sales.t (x)
  )sql");
  ThereAndBack(
      "- {archive: app.t, to: archive.app_t}\n- {archive: sales.t, to: archive.sales_t}\n",
      [&](const auto&) {
        EXPECT_THAT(NamesOf("archive.app_t"),
                    ElementsAre(ElementsAre("archive.by_x"), ElementsAre("archive.t_id_seq"),
                                ElementsAre("archive.t_pkey")));
        EXPECT_THAT(NamesOf("archive.sales_t"), ElementsAre(ElementsAre("archive.sales_t_by_x"),
                                                            ElementsAre("archive.sales_t_t_id_seq"),
                                                            ElementsAre("archive.sales_t_t_pkey")));
      });
}

TEST_F(Moving, ASchemaThatIsMissingIsMadeOnce) {
  database_.Sql("CREATE TABLE app.more (x int)");
  ThereAndBack(
      "- {archive: app.things, to: cellar.things}\n- {archive: app.more, to: cellar.more}\n",
      [&](const auto&) { EXPECT_EQ(database_.Scalar("SELECT count(*) FROM cellar.things"), "2"); });
}

TEST_F(Moving, AViewRemainsWithTheRightsOfTheTable) {
  database_.Sql(
      "DO $$ BEGIN CREATE ROLE regraft_reader_v; EXCEPTION WHEN duplicate_object OR "
      "unique_violation THEN NULL; END $$; GRANT SELECT, INSERT ON app.things TO "
      "regraft_reader_v; GRANT USAGE ON SCHEMA app, archive TO regraft_reader_v");
  ThereAndBack("- {archive: app.things, to: archive.things, view: true}\n", [&](const auto&) {
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.things"), "2");
    EXPECT_EQ(database_.Scalar(
                  "SELECT has_table_privilege('regraft_reader_v', 'app.things', 'INSERT') AND "
                  "NOT has_table_privilege('regraft_reader_v', 'app.things', 'DELETE')"),
              "t");
    EXPECT_EQ(database_.Scalar("SELECT relkind FROM pg_class WHERE oid = 'app.things'::regclass"),
              "v");
  });
  database_.Sql("DROP OWNED BY regraft_reader_v");
}

TEST_F(Moving, AMergedTableIsArchivedUnderThePatternOfThePlan) {
  database_.Sql("CREATE TABLE app.all (id int, code text, a int, b int, origin text)");
  ThereAndBack(
      "- {merge: app.things, into: app.all, set: {origin: t}, after: view}\n",
      [&](const auto&) {
        EXPECT_EQ(database_.Scalar("SELECT count(*) FROM cellar.things_of_app"), "2");
        EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.things"), "2");
      },
      "archive_names: 'cellar.{table}_of_{schema}'\n");
}

TEST_F(Moving, PreparedTargetsAreMadeAndUnmade) {
  database_.Sql(R"sql(
    CREATE TABLE app.all (id int, code text NOT NULL, kind text NOT NULL DEFAULT 'a'
                          CONSTRAINT kinds CHECK (kind IN ('a', 'b')));
    CREATE UNIQUE INDEX all_code ON app.all (code) WHERE kind = 'a';
    INSERT INTO app.all VALUES (1, 'one', 'a')
  )sql");
  ThereAndBack(
      "- {archive: app.things, to: archive.things}\n",
      [&](const auto&) {
        database_.Sql("INSERT INTO app.all (id, kind, origin) VALUES (2, 'c', 'x')");
        EXPECT_EQ(database_.Scalar("SELECT indexdef FROM pg_indexes WHERE indexname = 'all_code'"),
                  "CREATE UNIQUE INDEX all_code ON app.\"all\" USING btree (origin, code)");
        database_.Sql("DELETE FROM app.all WHERE id = 2");
      },
      "prepare:\n- table: app.all\n  add_columns: {origin: \"varchar(9) NOT NULL DEFAULT 'old'\"}\n"
      "  drop_not_null: [code]\n  replace_check: {kinds: \"kind IN ('a', 'b', 'c')\"}\n"
      "  replace_unique_index: {all_code: '(origin, code)'}\n");
}

TEST_F(Moving, AKeyIsAddedInTheOrderAskedForAndUnmade) {
  database_.Sql("CREATE TABLE app.log (at int); INSERT INTO app.log VALUES (30), (10), (20)");
  ThereAndBack("- {add_pk: app.log, column: number, order_by: [at]}\n", [&](const auto&) {
    EXPECT_EQ(database_.Scalar("SELECT string_agg(at::text, ' ' ORDER BY number) FROM app.log"),
              "10 20 30");
    EXPECT_EQ(database_.Scalar("SELECT indisprimary FROM pg_index WHERE indrelid = "
                               "'app.log'::regclass"),
              "t");
    database_.Sql("INSERT INTO app.log VALUES (40)");
    EXPECT_EQ(database_.Scalar("SELECT number > 3 FROM app.log WHERE at = 40"), "t");
  });
}

}  // namespace
}  // namespace regraft::resolution
