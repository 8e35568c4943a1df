// regraft plan, as its users run it.

#include "tests/cli/planning.h"

namespace regraft {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PlanVerb : public Planning {
 protected:
  support::ProgramResult Plan(std::vector<std::string> arguments, const std::string& user = "") {
    arguments.insert(arguments.begin(), "plan");
    return Run(arguments, user);
  }
  // A role of the server that may do only what is granted here, for the test's database.
  std::string Reader(const std::string& grants) {
    const std::string role = "regraft_plan_reader";
    database_.Sql("DO $$ BEGIN CREATE ROLE " + role +
                  " LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
    database_.Sql(grants);
    return role;
  }
  std::string Everything() {
    std::string all;
    for (const auto& row : database_.Rows(R"sql(
        SELECT 'class', c.oid::text, concat_ws('|', relname, relnamespace, relacl, relfilenode)
        FROM pg_class c WHERE relnamespace::regnamespace::text !~ '^pg_'
        UNION ALL SELECT 'schema', oid::text, concat_ws('|', nspname, nspacl) FROM pg_namespace
          WHERE nspname !~ '^pg_(toast_)?temp'
        UNION ALL SELECT 'attribute', attrelid::text, attname::text FROM pg_attribute
        UNION ALL SELECT 'comment', objoid::text, description FROM pg_description
        UNION ALL SELECT 'row', id::text, concat_ws('|', ctid, xmin, xmax, o) FROM app.old o
        UNION ALL SELECT 'row', id::text, concat_ws('|', ctid, xmin, xmax, a) FROM app.all a
        UNION ALL SELECT 'row', id::text, concat_ws('|', ctid, xmin, xmax, q) FROM app.asked q
        ORDER BY 1, 2, 3)sql"))
      all += row[0] + " " + row[1] + " " + row[2] + "\n";
    return all;
  }
};

TEST_F(PlanVerb, ExitCodesTellPlansApart) {
  const std::string good = PlanFile(kGoodMerge);
  EXPECT_EQ(Plan({good}).exit_code, 0);
  EXPECT_EQ(Plan({good, "--detailed-exitcode"}).exit_code, 2);
  const std::string question =
      Write("question.yaml", std::string("regraft: 1\nactions:\n") + kQuestion);
  EXPECT_EQ(Plan({question, "--detailed-exitcode"}).exit_code, 0);
  const std::string refused =
      Write("refused.yaml", std::string("regraft: 1\nactions:\n") + kRefusedMerge);
  EXPECT_EQ(Plan({refused}).exit_code, 78);
  EXPECT_EQ(Plan({refused, "--detailed-exitcode"}).exit_code, 78);
  EXPECT_EQ(Plan({Write("bad.yaml", "regraft: 1\nactoins: []\n")}).exit_code, 78);
}

TEST_F(PlanVerb, WrongUseIs64AndAServerThatIsNotThereIs1) {
  const std::string plan = PlanFile(kGoodMerge);
  EXPECT_EQ(Plan({}).exit_code, 64);
  EXPECT_EQ(Plan({plan, "--format", "html"}).exit_code, 64);
  EXPECT_EQ(Plan({plan, "--nonsense"}).exit_code, 64);
  const auto lost =
      support::RunProgram({.arguments = {"plan", plan, "--dsn", "host=/nowhere dbname=x"}});
  EXPECT_EQ(lost.exit_code, 1);
  EXPECT_THAT(lost.errors, HasSubstr("/nowhere"));
  EXPECT_THAT(lost.output, IsEmpty());
}

TEST_F(PlanVerb, APlanFileThatIsNotThereIsNamed) {
  const auto result = Plan({Path("none.yaml")});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.errors, HasSubstr("none.yaml"));
}

TEST_F(PlanVerb, ARefusedPlanIsNotWritten) {
  const std::string saved = Path("saved.json");
  const auto result = Plan({PlanFile(kRefusedMerge), "-o", saved});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_FALSE(std::filesystem::exists(saved));
  EXPECT_THAT(result.output, AllOf(HasSubstr("no-provenance"), HasSubstr("next"),
                                   Not(HasSubstr("regraft approve"))));
  EXPECT_EQ(Plan({PlanFile(kGoodMerge), "-o", saved}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(saved));
}

TEST_F(PlanVerb, TheNextCommandIsTheOneToType) {
  const std::string plan = PlanFile(kGoodMerge);
  EXPECT_THAT(Plan({plan}).output, HasSubstr("regraft plan " + plan + " -o saved.json"));
  EXPECT_THAT(Plan({plan, "-o", Path("saved.json")}).output,
              HasSubstr("regraft approve " + Path("saved.json") + " --by NAME"));
}

TEST_F(PlanVerb, EachFormatIsWhatItIsCalled) {
  const std::string plan = PlanFile(std::string(kGoodMerge) + kQuestion);
  EXPECT_THAT(Plan({plan, "--format", "md"}).output, HasSubstr("| `app.old`"));
  const std::string sql = Plan({plan, "--format", "sql"}).output;
  EXPECT_THAT(sql, HasSubstr("ALTER TABLE \"app\".\"old\" RENAME TO"));
  EXPECT_TRUE(database_.Sql("BEGIN; " + sql + "ROLLBACK"));
  const auto document = json::parse(Plan({plan, "--format", "json"}).output);
  EXPECT_TRUE(document["error"].is_null());
  EXPECT_EQ(document["actions"].size(), 2u);
  EXPECT_EQ(json::parse(Plan({plan, "--json"}).output), document);
}

TEST_F(PlanVerb, JsonIsOneDocumentOnFailureToo) {
  const auto refused = Plan({PlanFile(kRefusedMerge), "--json"});
  EXPECT_EQ(refused.exit_code, 78);
  const auto document = json::parse(refused.output);
  EXPECT_EQ(document["actions"][0]["state"], "refused");
  EXPECT_EQ(document["actions"][0]["findings"][0]["code"], "no-provenance");
  for (const char* flag : {"--json", "--format=json"}) {
    const auto lost = support::RunProgram(
        {.arguments = {"plan", Path("plan.yaml"), flag, "--dsn", "host=/nowhere dbname=x"}});
    EXPECT_EQ(lost.exit_code, 1);
    EXPECT_EQ(json::parse(lost.output)["error"]["exit_code"], 1);
  }
  const auto bad = Plan({Write("bad.yaml", "regraft: 1\nactoins: []\n"), "--json"});
  EXPECT_THAT(json::parse(bad.output)["error"]["message"].get<std::string>(),
              HasSubstr("bad.yaml:2:1"));
}

TEST_F(PlanVerb, ThePlannerStandsInTheFile) {
  Plan({PlanFile(kGoodMerge), "--as", "Grace", "-o", Path("saved.json")});
  EXPECT_EQ(json::parse(Read("saved.json"))["planner"], "Grace");
}

TEST_F(PlanVerb, TheSamePlanIsTheSameFile) {
  const std::string plan = PlanFile(std::string(kGoodMerge) + kQuestion);
  Plan({plan, "--as", "Ada", "-o", Path("one.json")});
  database_.Sql("ANALYZE");
  database_.Sql("VACUUM FULL");
  Plan({plan, "--as", "Ada", "-o", Path("two.json"), "--format", "md"});
  EXPECT_THAT(Read("one.json"), Not(IsEmpty()));
  EXPECT_EQ(Read("one.json"), Read("two.json"));
}

TEST_F(PlanVerb, NothingIsChanged) {
  const std::string before = Everything();
  const std::string written =
      "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables";
  const std::string plan =
      PlanFile(std::string(kGoodMerge) + kQuestion + "- {add_pk: app.log, column: id}\n",
               "prepare: [{table: app.all, add_columns: {extra: text}}]\n");
  database_.Sql("CREATE TABLE app.log (x int)");
  const std::string with_log = Everything();
  const std::string rows = database_.Scalar(written);
  EXPECT_NE(before, with_log);
  EXPECT_EQ(Plan({plan, "--prove-mapping", "-o", Path("saved.json")}).exit_code, 0);
  EXPECT_EQ(Everything(), with_log);
  EXPECT_EQ(database_.Scalar(written), rows);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_namespace WHERE nspname = 'regraft'"), "0");
}

TEST_F(PlanVerb, RightsToReadSuffice) {
  const std::string role = Reader(
      "GRANT USAGE ON SCHEMA app TO regraft_plan_reader;"
      "GRANT SELECT ON ALL TABLES IN SCHEMA app TO regraft_plan_reader;"
      "GRANT USAGE ON SCHEMA archive TO regraft_plan_reader");
  const std::string plan =
      PlanFile(std::string(kGoodMerge) + kQuestion + "- {archive: app.asked, to: archive.asked}\n");
  const auto result = Plan({plan, "--prove-mapping"}, role);
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  database_.Sql("DROP OWNED BY regraft_plan_reader");
}

TEST_F(PlanVerb, ATableThatMayNotBeReadIsARefusalBesideAllOthers) {
  const std::string role = Reader(
      "GRANT USAGE ON SCHEMA app TO regraft_plan_reader;"
      "GRANT SELECT ON app.old, app.asked TO regraft_plan_reader;"
      "ALTER TABLE app.asked ENABLE ROW LEVEL SECURITY");
  const std::string plan =
      PlanFile(std::string(kGoodMerge) + kQuestion + "- {archive: app.nil, to: archive.nil}\n" +
               "- {archive: sales.far, to: archive.far}\n");
  database_.Sql("CREATE TABLE sales.far (x int)");
  const auto result = Plan({plan}, role);
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("GRANT SELECT ON \"app\".\"all\" TO regraft_plan_reader"),
                    HasSubstr("row security hides rows of it"), HasSubstr("no-such-table"),
                    HasSubstr("GRANT USAGE ON SCHEMA sales")));
  database_.Sql("DROP OWNED BY regraft_plan_reader");
}

TEST_F(PlanVerb, AnEstimateReadsNoRowAndSaysWhatItDidNotTry) {
  const std::string role = Reader("GRANT USAGE ON SCHEMA app TO regraft_plan_reader");
  database_.Sql(
      "ANALYZE app.old; CREATE TABLE app.side (id int NOT NULL, score int); "
      "ALTER TABLE app.all ADD COLUMN s_id int, ADD COLUMN side jsonb, "
      "ADD CONSTRAINT few CHECK (id < 100)");
  const std::string plan =
      PlanFile(std::string(kGoodMerge) + kQuestion +
                   "- {merge_jsonb: app.side, into: app.all, join: {id: id}, column: side}\n",
               "prepare: [{table: app.all, replace_check: {few: id < 50}}]\n");
  const auto as_owner = Plan({plan, "--estimate", "--json"});
  EXPECT_EQ(as_owner.exit_code, 0) << as_owner.errors << as_owner.output;
  const auto document = json::parse(as_owner.output);
  EXPECT_EQ(document["actions"][0]["rows"], 2);
  EXPECT_EQ(document["actions"][0]["estimated"], true);
  EXPECT_THAT(as_owner.output, AllOf(HasSubstr("not tried against the mapping"),
                                     HasSubstr("not tried against the join"),
                                     HasSubstr("not tried against the CHECK few")));
  const auto blind = Plan({PlanFile(std::string(kGoodMerge) + kQuestion), "--estimate"}, role);
  EXPECT_EQ(blind.exit_code, 0) << blind.errors << blind.output;
  database_.Sql("DROP OWNED BY regraft_plan_reader");
}

TEST_F(PlanVerb, ApplicationSourceIsSearchedForNamesThatChange) {
  std::filesystem::create_directories(Path("source/deep"));
  (void)Write("source/deep/load.py", "import db\nrows = db.all('SELECT * FROM app.old')\n");
  (void)Write("source/other.sql", "SELECT 1 FROM app.older;\n");
  const std::string plan =
      PlanFile(std::string(kGoodMerge) + "- {move: app.asked, to: sales.asked}\n");
  const auto text = Plan({plan, "--code", Path("source")}).output;
  EXPECT_THAT(text,
              AllOf(HasSubstr("deep/load.py:2: app.old → app.all"), Not(HasSubstr("app.older"))));
  const auto code = json::parse(Plan({plan, "--code", Path("source"), "--json"}).output)["code"];
  ASSERT_EQ(code["found"].size(), 1u);
  EXPECT_EQ(code["found"][0]["new_name"], "app.all");
  EXPECT_NE(Plan({plan, "--code", Path("nowhere")}).exit_code, 0);
}

TEST_F(PlanVerb, TheDigestOfATableThatWaitsIsThatOfRegraftDigest) {
  const auto digest = json::parse(Run({"digest", "app.asked", "--json"}).output)["digest"];
  const auto plan = json::parse(Plan({PlanFile(kQuestion), "--json"}).output);
  EXPECT_EQ(plan["actions"][0]["digest"], digest);
  EXPECT_THAT(Plan({PlanFile(kQuestion)}).output, HasSubstr("2 rows"));
}

}  // namespace
}  // namespace regraft
