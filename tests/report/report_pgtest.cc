#include "tests/report/reporting.h"

namespace regraft::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(Reporting, ItsNumbersAreThoseOfTheTablesAndOfTheLedger) {
  ApplyAll();
  const Json report = Report();
  const auto count = [&](const std::string& from) {
    return std::stoll(database_.Scalar("SELECT count(*) FROM " + from));
  };
  const Json merge = Action(report, "M<1>");
  EXPECT_EQ(merge["rows_source"], count(R"(archive."K\l <b>_<script>alert(""1"")</script>")"));
  EXPECT_EQ(merge["rows_target"], count(R"("K\l <b>"."Ord|ers" WHERE origin = 'old')"));
  EXPECT_EQ(merge["rows_remainder"], count(R"(app."+rest|")"));
  EXPECT_EQ(merge["rows_remainder"], 4);
  EXPECT_EQ(merge["remainder_reasons"].dump(),
            R"([{"reason":"unique Ord|ers_pkey","rows":3},{"reason":"not-null =note","rows":1}])");
  EXPECT_EQ(merge["remainder_table"], R"(app."+rest|")");
  EXPECT_EQ(merge["source_now"], R"(archive."K\l <b>_<script>alert(""1"")</script>")");
  const Json fold = Action(report, "J");
  EXPECT_EQ(fold["rows_target"], count("app.people WHERE side IS NOT NULL"));
  EXPECT_EQ(fold["remainder_reasons"].dump(), R"([{"reason":"unmatched","rows":1}])");
  EXPECT_EQ(database_.Scalar("SELECT concat_ws(' ', sum(rows_source), sum(rows_target), "
                             "sum(rows_remainder)) FROM regraft.accounting WHERE action IS NOT "
                             "NULL"),
            "103 98 5");
  const Json& counts = report["counts"];
  EXPECT_EQ(counts["rows_source"], 103);
  EXPECT_EQ(counts["rows_target"], 98);
  EXPECT_EQ(counts["rows_remainder"], 5);
  EXPECT_EQ(counts["moved"], 2);
  EXPECT_EQ(database_.Scalar("SELECT to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD "
                             "HH24:MI:SS \"UTC\"') || ' ' || extract(epoch FROM finished_at - "
                             "started_at)::float8 FROM regraft.plan_action WHERE action_id = 'K'"),
            Action(report, "K")["finished_at"].get<std::string>() + " " +
                Action(report, "K")["seconds"].dump());
}

TEST_F(Reporting, SaysWhatIsDoneProvedAnsweredApprovedAndOpen) {
  ApplyAll();
  const Json report = Report({"report", file()});
  EXPECT_EQ(report["verdict"], "DONE");
  EXPECT_EQ(report["plan"], "Spring <cleaning> & more");
  EXPECT_EQ(report["sha256"], Json::parse(Read("saved.json"))["sha256"]);
  EXPECT_EQ(report["counts"]["done"], 5);
  EXPECT_EQ(report["counts"]["blocked"], 1);
  for (const auto& [id, proof] : {std::pair("M<1>", "digests"),
                                  {"J", "rows"},
                                  {"V", "catalog"},
                                  {"K", "catalog"},
                                  {"D", "none"},
                                  {"Q", "none"}})
    EXPECT_EQ(Action(report, id)["proof"], proof) << id;
  EXPECT_EQ(Action(report, "M<1>")["digest_source"], Action(report, "M<1>")["digest_rebuilt"]);
  ASSERT_EQ(report["approvals"].size(), 1u);
  EXPECT_EQ(report["approvals"][0]["by"], "grace");
  EXPECT_EQ(report["approvals"][0]["session_role"], database_.Scalar("SELECT session_user"));
  EXPECT_EQ(report["questions"][0]["text"], "Whose is <it>?");
  EXPECT_TRUE(report["questions"][0]["answer"].is_null());
  EXPECT_EQ(report["questions"][1]["answer"]["by"], "Ada");
  EXPECT_EQ(report["questions"][1]["answer"]["reason"], "it is small");
  EXPECT_EQ(report["preparations"][0]["state"], "done");
  const std::string text = Run({"report", file()}).output;
  for (const char* words : {"DONE:       5 of 6 actions are done; 1 waits for a decision.",
                            "100 = 96 + 4; digests equal", "3 = 2 + 1; every row equal",
                            "103 = 98 + 5 set aside", "Whose is <it>?", "regraft undo "})
    EXPECT_THAT(text, HasSubstr(words));
}

TEST_F(Reporting, AnUndoneRunSaysSoFirstAndTheNextOneIsAnother) {
  ApplyAll();
  Expect(0, "", Undo());
  const Json undone = Report();
  EXPECT_EQ(undone["verdict"], "UNDONE");
  EXPECT_FALSE(undone["undone_at"].is_null());
  EXPECT_EQ(undone["counts"]["proved"], 0);
  EXPECT_THAT(Run({"report"}).output, ::testing::StartsWith("UNDONE:     All that this run had"));
  EXPECT_THAT(Run({"report"}).output, Not(HasSubstr("regraft undo")));

  Approve();
  Expect(0, "", Apply());
  EXPECT_EQ(Report()["run"], 2);
  EXPECT_EQ(Report()["verdict"], "DONE");
  EXPECT_EQ(Action(Report(), "M<1>")["remainder_reasons"].size(), 2u);
  const Json first = Report({"report", "--run", "1"});
  EXPECT_EQ(first["verdict"], "UNDONE");
  EXPECT_EQ(first["latest_run"], 2);
  EXPECT_EQ(first["approvals"].size(), 2u);
}

TEST_F(Reporting, AFailureIsShownWithItsErrorAndWhatItKeepsFromBeginning) {
  Plan(kPlan);
  Approve();
  database_.Sql("ALTER TABLE app.moved ADD COLUMN surprise int");
  Expect(3, "", Apply());
  Plan(kPlan);
  Approve();
  Expect(0, "", Apply({"--only", "J"}));
  database_.Sql("ALTER TABLE app.moved ADD COLUMN another int");
  Expect(1, "", Apply({"--only", "V"}));
  const Json report = Report();
  EXPECT_EQ(report["verdict"], "FAILED");
  EXPECT_EQ(Action(report, "V")["state"], "failed");
  EXPECT_EQ(Action(report, "V")["error"],
            database_.Scalar("SELECT error FROM regraft.plan_action WHERE action_id = 'V'"));
  EXPECT_TRUE(Action(report, "V")["equal"].is_null());
  EXPECT_EQ(Action(report, "M<1>")["state"], "waiting");
  EXPECT_EQ(report["counts"]["proved"], 1);
  EXPECT_THAT(Run({"report"}).output, HasSubstr("another"));
}

TEST_F(Reporting, ALaterProofThatFoundADifferenceIsTheVerdict) {
  ApplyAll();
  database_.Sql(
      "INSERT INTO regraft.plan_verification (run_id, action_id, equal, words) VALUES "
      "(1, 'M<1>', true, ''), (1, 'M<1>', false, 'chunk 1: 2 rows differ')");
  const Json report = Report();
  EXPECT_EQ(report["verdict"], "DIFFERENT");
  EXPECT_EQ(report["counts"]["different"], 1);
  EXPECT_EQ(Action(report, "M<1>")["verifications"], 2);
  EXPECT_EQ(Action(report, "M<1>")["difference"], "chunk 1: 2 rows differ");
  EXPECT_THAT(Run({"report"}).output, HasSubstr("DIFFERENT: chunk 1: 2 rows differ"));
}

TEST_F(Reporting, ErrorsSayWhatToType) {
  Expect(1, "next: regraft apply", Run({"report"}));
  Plan(kPlan);
  Approve();
  Expect(1, "was executed in database " + database_.name(), Run({"report", file()}));
  Expect(0, "", Apply());
  Expect(78, "has no run 77; its runs are 1; next: regraft report", Run({"report", "--run", "77"}));
  Expect(64, "must end in .csv or .json", Run({"report", "--columns", "x.txt"}));
  EXPECT_FALSE(Json::parse(Run({"report", "--run", "77", "--json"}).output)["error"].is_null());
}

TEST_F(Reporting, TheRightToReadTheLedgerSuffices) {
  ApplyAll();
  const std::string role = database_.name() + "_reader";
  database_.Sql("CREATE ROLE \"" + role + "\" LOGIN");
  const auto as_reader = [&](Words words) {
    words.insert(words.end(), {"--dsn", database_.conninfo() + " user='" + role + "'"});
    return support::RunProgram({.arguments = words});
  };
  Expect(1, "GRANT SELECT ON ALL TABLES IN SCHEMA regraft TO " + role, as_reader({"report"}));
  database_.Sql("GRANT USAGE ON SCHEMA regraft TO \"" + role +
                "\"; GRANT SELECT ON ALL TABLES IN SCHEMA regraft TO \"" + role + "\"");
  Expect(0, "103 = 98 + 5", as_reader({"report", "--columns", directory_ + "/c.csv"}));
  EXPECT_THAT(Read("c.csv"), HasSubstr("app.\"\"+rest|\"\""));
  database_.Sql("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

TEST_F(Reporting, NoNameBecomesMarkup) {
  ApplyAll();
  Expect(0, "", Run({"report", "--format", "html", "-o", directory_ + "/r.html"}));
  const std::string html = Read("r.html");
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<b>\".")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;&quot;1&quot;&quot;)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("Spring &lt;cleaning&gt; &amp; more"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
}

TEST_F(Reporting, TheMembersOfItsJsonAreThoseOfTheDocument) {
  ApplyAll();
  const Json report = Report();
  Words members;
  for (const auto& [name, value] : report.items()) members.push_back(name);
  EXPECT_THAT(
      members,
      ElementsAre("actions", "approvals", "approvals_required", "counts", "database", "error",
                  "finished_at", "hazards", "latest_run", "made_at", "not_by_planner", "notes",
                  "plan", "planner", "preparations", "questions", "run", "run_of_plan", "seconds",
                  "session_role", "sha256", "started_at", "tool", "undone_at", "verdict"));
  Expect(0, "", Run({"report", "--format", "json", "-o", directory_ + "/r.json"}));
  Json written = Json::parse(Read("r.json"));
  Json printed = report;
  for (Json* one : {&written, &printed}) one->erase("made_at");
  printed.erase("error");
  EXPECT_EQ(written, printed);
}

}  // namespace
}  // namespace regraft::report
