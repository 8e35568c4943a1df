#include "tests/approval/saved_in_database.h"

#include <cstdio>

namespace regraft::approval {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ShowingASavedPlan : public SavedInDatabase {
 protected:
  // Changes the database, and expects the plan to be stale for that.
  void ExpectStale(const std::string& sql, const std::string& words, support::Here here = {}) {
    database_.Sql(sql, here);
    Expect(0, words, Run({"show", file()}), here);
    const json document = json::parse(Run({"show", file(), "--json"}).output);
    EXPECT_EQ(document["fresh"], false) << here.line;
  }
  void ExpectFresh(support::Here here = {}) {
    Expect(0, "FRESH: database " + database_.name() + " is as the plan found it",
           Run({"show", file()}), here);
  }
};

TEST_F(ShowingASavedPlan, SaysWhatItDoesThatItIsFreshAndWhatToTypeNext) {
  ExpectFresh();
  const auto result = Run({"show", file()});
  EXPECT_THAT(result.output, HasSubstr("\n2: merge app.old -> app.orders (origin=old): ready\n"));
  Expect(0,
         "UNAPPROVED: plan " + plan_.sha256.substr(0, 12) +
             " is not approved next regraft approve " + file() + " --by NAME",
         result);
  Approve("grace");
  Expect(0, "APPROVED: plan", Run({"show", file()}));
}

TEST_F(ShowingASavedPlan, WorksWithoutADatabase) {
  const std::vector<std::string> command = {"show", file(), "--dsn",
                                            "host=/nonexistent dbname=none"};
  const auto result = support::RunProgram({.arguments = command});
  Expect(0, "UNKNOWN: could not compare the plan with its database:", result);
  Expect(0, "regraft approve " + file() + " --by NAME", result);
  const auto as_json =
      support::RunProgram({.arguments = command, .environment = {{"REGRAFT_JSON", "1"}}});
  const json document = json::parse(as_json.output);
  EXPECT_TRUE(document["fresh"].is_null());
  EXPECT_THAT(document["not_compared"].get<std::string>(), HasSubstr("nonexistent"));
  EXPECT_EQ(document["plan"]["sha256"], plan_.sha256);
}

TEST_F(ShowingASavedPlan, IsNotStaledByRowsSizesStatisticsAndFileNodes) {
  database_.Sql("INSERT INTO app.orders SELECT g FROM generate_series(11, 5000) g");
  database_.Sql("ANALYZE app.orders");
  database_.Sql("VACUUM FULL app.orders");
  ExpectFresh();
}

TEST_F(ShowingASavedPlan, IsStaledByAColumn) {
  ExpectStale("ALTER TABLE app.orders ADD extra int",
              "STALE: app.orders: columns: new \"extra integer");
}
TEST_F(ShowingASavedPlan, IsStaledByATriggerThatWasSwitchedOff) {
  ExpectStale("ALTER TABLE app.orders DISABLE TRIGGER stamp", "STALE: app.orders: triggers: \"");
}
TEST_F(ShowingASavedPlan, IsStaledByAConstraintThatIsGone) {
  ExpectStale("ALTER TABLE app.orders DROP CONSTRAINT orders_pkey", "app.orders: indexes: gone \"");
}
TEST_F(ShowingASavedPlan, IsStaledByAView) {
  ExpectStale("CREATE VIEW app.v AS SELECT id FROM app.orders",
              "STALE: app.orders: dependents: new \"");
}
TEST_F(ShowingASavedPlan, IsStaledByRowSecurity) {
  ExpectStale("ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY",
              "STALE: app.orders: row_security:");
}
TEST_F(ShowingASavedPlan, IsStaledByAGrant) {
  ExpectStale("GRANT SELECT ON app.orders TO PUBLIC", "STALE: app.orders: grants:");
}
TEST_F(ShowingASavedPlan, IsStaledByARename) {
  ExpectStale("ALTER TABLE app.orders RENAME TO orders2", "app.orders is now named app.orders2");
}
TEST_F(ShowingASavedPlan, IsStaledByATableThatIsGoneOrMadeAnew) {
  ExpectStale("DROP TABLE app.orders", "STALE: app.orders is gone");
  ExpectStale("CREATE TABLE app.orders (id int)", "STALE: app.orders is gone");
}

TEST_F(ShowingASavedPlan, IsStaledByANameThatMustBeFreeAndIsTaken) {
  plan_.fingerprint.insert(plan_.fingerprint.begin(),
                           {.oid = 0, .relation = "old.\"Odd name\"", .facts = {}});
  Save();
  ExpectFresh();
  ExpectStale("CREATE SCHEMA old; CREATE TABLE old.\"Odd name\" ()",
              "STALE: the name old.\"Odd name\" is taken now");
}

TEST_F(ShowingASavedPlan, OfAnotherSystemIsStale) {
  plan_.system_identifier = "1";
  Save();
  Expect(0,
         "STALE: it was made for database " + database_.name() + " (OID " +
             std::to_string(plan_.database_oid) + " of system 1), this is " + database_.name(),
         Run({"show", file()}));
}

TEST_F(ShowingASavedPlan, HasADocumentAndSqlToo) {
  EXPECT_THAT(Run({"show", file(), "--format", "md"}).output, HasSubstr("\n## Action Summary\n"));
  EXPECT_THAT(Run({"show", file(), "--format", "sql"}).output,
              HasSubstr("\nALTER TABLE app.spare SET SCHEMA old;\n"));
  EXPECT_EQ(Run({"show", file(), "--format", "pdf"}).exit_code, 64);
}

TEST_F(ShowingASavedPlan, WritesNothing) {
  EXPECT_EQ(Run({"show", file()}).exit_code, 0);
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft')"), support::kNull);
}

// People can check the hash with what every machine has.
TEST_F(ShowingASavedPlan, HasTheHashThatSha256sumComputes) {
  const std::string command = "grep -v '^  \"sha256\": ' '" + file() + "' | sha256sum";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string printed(64, ' ');
  ASSERT_EQ(fread(printed.data(), 1, 64, pipe), 64U);
  pclose(pipe);
  EXPECT_EQ(printed, plan_.sha256);
}

}  // namespace
}  // namespace regraft::approval
