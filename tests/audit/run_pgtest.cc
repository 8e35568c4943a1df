// A whole run: refusals before anything runs, one snapshot, what is recorded, exported and
// compared.
#include "tests/audit/auditing.h"

namespace regraft::audit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AuditRun : public Auditing {
 protected:
  AuditRun() {
    database_.Sql(
        "CREATE SCHEMA app; CREATE TABLE app.people (id int PRIMARY KEY, email text);"
        "INSERT INTO app.people VALUES (1, 'a'), (2, 'a'), (3, NULL)");
  }
  void Expect(int code, const std::string& words, const support::ProgramResult& result,
              support::Here here = {}) {
    EXPECT_EQ(result.exit_code, code) << here.line << "\n" << result.output << result.errors;
    EXPECT_THAT(result.output + result.errors, HasSubstr(words)) << here.line;
  }
};

constexpr const char* kGood = "- {count: app.people, id: rows, expect: 3}\n";
constexpr const char* kBad = "- {null: app.people, id: no mail, column: email}\n";

TEST_F(AuditRun, ExitsWithTwoWhereACheckFailsAndNamesIt) {
  Expect(0, "1 check, 1 passed", Audit(kGood));
  const auto failed = Audit(std::string(kGood) + kBad);
  Expect(2, "1 of 2 checks failed: no mail", failed);
  EXPECT_THAT(failed.output, HasSubstr("id=3, email=NULL"));
  Expect(0, "", Audit(std::string(kGood) + kBad, {"--only", "rows"}));
}

TEST_F(AuditRun, RefusesEveryUnknownNameAtOnceAndBeforeAnythingRuns) {
  const auto refused = Audit(std::string(kBad) +
                             "- {null: app.people, id: A, column: emial}\n"
                             "- {count: app.peple, id: B, expect: 0}\n"
                             "- {orphan: app.people, id: C, of: app.people, join: {id: nr}}\n");
  Expect(78, "no audit was run", refused);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("app.people has no column emial; did you mean \"email\""),
                    HasSubstr("there is no table app.peple; did you mean app.people"),
                    HasSubstr("audit C (line 7): app.people has no column nr")));
  EXPECT_EQ(refused.output, "");
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft') IS NULL"), "t");
}

TEST_F(AuditRun, RefusesSqlThatTheServerDoesNotTake) {
  const auto refused = Audit(
      "- {count: app.people, id: A, expect: 0, where: nr = 1}\n"
      "- {count: app.people, id: B, expect: 0, where: 'true) OR (true'}\n"
      "- {count: app.people, id: C, expect: 0, where: random() < 0.5}\n"
      "- {sql: D, query: DELETE FROM app.people}\n"
      "- {sql: E, query: 'SELECT 1; DROP TABLE app.people'}\n"
      "- {sql: F, query: WITH x AS (DELETE FROM app.people RETURNING id) SELECT * FROM x}\n"
      "- {sql: G, query: SELECT * FROM people}\n"
      "- {duplicate: app.people, id: H, columns: [email], collation: nowhere}\n"
      "- {freshness: app.people, id: I, column: id, within: 1h}\n"
      "- {cardinality: app.people, id: J, columns: [email], of: app.people, join: {id: id}, max: "
      "1}\n"
      "- {sql: K, query: SELECT id FROM app.people FOR UPDATE}\n");
  for (const char* id : {"B", "C", "sql D", "sql E", "sql F", "sql G", "H", "I", "J", "sql K"})
    EXPECT_THAT(refused.errors, HasSubstr("audit " + std::string(id) + " (line")) << refused.errors;
  Expect(78, "volatile", refused);
  Expect(78, "nr", Audit("- {count: app.people, id: A, expect: 0, where: nr = 1}\n"));
  Expect(78, "operator does not exist",
         Audit("- {orphan: app.people, id: A, of: app.people, join: {id: email}}\n"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM app.people"), "3");
}

TEST_F(AuditRun, RefusesIdsThatThePlanDoesNotHave) {
  Expect(78, "the plan has no audit nothing", Audit(kGood, {"--only", "nothing"}));
  Expect(78, "still to be decided: which?",
         Audit("- {count: app.people, id: A, todo: ['which?']}\n"));
}

TEST_F(AuditRun, IsRecordedAndComparedWithTheLastTime) {
  Audit(kBad);
  database_.Sql("UPDATE app.people SET email = NULL WHERE id = 2");
  const auto second = Audit(kBad);
  EXPECT_THAT(second.output, HasSubstr("2 rows, 0 expected; was 1"));
  // Another check under the same id is not the same.
  EXPECT_THAT(Audit("- {null: app.people, id: no mail, column: id}\n").output,
              Not(HasSubstr("was")));
  EXPECT_EQ(
      database_.Rows(
          "SELECT audit_id, found, expected, passed FROM regraft.audit_result ORDER BY run_id"),
      (std::vector<std::vector<std::string>>{
          {"no mail", "1", "0", "f"}, {"no mail", "2", "0", "f"}, {"no mail", "0", "0", "t"}}));
}

TEST_F(AuditRun, NeedsOnlyRightsToReadWithoutRecording) {
  Audit(kGood, {"--no-record"});
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft') IS NULL"), "t");
}

TEST_F(AuditRun, ExportsTheRowsThatEachCheckFound) {
  database_.Sql(
      "INSERT INTO app.people VALUES (4, '=cmd()'), (5, '=cmd()'), (-6, '-5'), (-7, '-5'), "
      "(8, E'@x, \"y\"\\nz'), (9, E'@x, \"y\"\\nz'), (10, ''), (11, '')");
  const std::string faults = directory_ + "/faults";
  Audit("- {duplicate: app.people, id: a/../b, columns: [email]}\n" + std::string(kBad) +
            "- {null: app.people, id: none, column: id}\n" + kGood,
        {"--export", faults});
  EXPECT_EQ(Read("faults/01_a____b.csv"),
            "id,email\n10,\"\"\n11,\"\"\n-7,-5\n-6,-5\n4,'=cmd()\n5,'=cmd()\n"
            "8,\"'@x, \"\"y\"\"\nz\"\n9,\"'@x, \"\"y\"\"\nz\"\n1,a\n2,a\n");
  EXPECT_EQ(Read("faults/02_no_mail.csv"), "id,email\n3,\n");
  EXPECT_EQ(Read("faults/03_none.csv"), "id,email\n");
  EXPECT_FALSE(std::filesystem::exists(faults + "/04_rows.csv")) << "a count finds no rows";
}

TEST_F(AuditRun, WritesMarkdown) {
  EXPECT_THAT(Audit(kBad, {"--format", "md"}).output,
              HasSubstr("| **FAIL** | no mail | null app.people (email) | 1 row | 0 |"));
}

TEST_F(AuditRun, AnswersWithOneDocumentOnFailureToo) {
  const auto refused = support::Document(Audit("- {count: app.none, expect: 1}\n", {"--json"}));
  EXPECT_EQ(refused["error"]["exit_code"], 78);
  const auto failed = support::Document(Audit(kBad, {"--json"}));
  EXPECT_EQ(failed["error"]["exit_code"], 2);
  EXPECT_EQ(failed["checks"][0]["samples"][0], nlohmann::json::array({"3", nullptr}));
}

// The first check waits inside the run until the test has changed the table that the second counts.
TEST_F(AuditRun, SeesOneSnapshot) {
  database_.Sql(
      "CREATE FUNCTION app.wait() RETURNS void STABLE LANGUAGE sql AS 'SELECT "
      "pg_advisory_lock(7)'");
  pg::Connection gate = database_.Connect();
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_lock(7)").ok());
  const std::string plan = directory_ + "/plan.yaml";
  std::ofstream(plan) << "regraft: 1\nactions: []\naudits:\n- {sql: waits, expect: 1, query: "
                         "'SELECT app.wait()::text'}\n"
                      << kGood;
  support::RunningProgram audit =
      support::Start({.arguments = {"audit", plan, "--dsn", database_.conninfo()}});
  while (
      database_.Scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                       "AND database = (SELECT oid FROM pg_database WHERE datname = "
                       "current_database())") == "0" &&
      !audit.Wait(Deadline::After(std::chrono::milliseconds(10))).has_value()) {
  }
  database_.Sql("INSERT INTO app.people VALUES (20, 'late')");
  ASSERT_TRUE(gate.Run("SELECT pg_advisory_unlock(7)").ok());
  const auto result = audit.Wait(Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(result.has_value());
  Expect(0, "2 checks, 2 passed", *result);
}

}  // namespace
}  // namespace regraft::audit
