#include "engine/approval/approval.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "tests/approval/saved_in_database.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace regraft::approval {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class TheGate : public SavedInDatabase {
 protected:
  // As whoever executes the plan does.
  absl::StatusOr<int64_t> ConsumeIt() {
    pg::Connection connection = database_.Connect();
    return Consume(connection, {.plan = plan_, .stale_reasons = {}});
  }
  [[nodiscard]] std::string Short() const { return plan_.sha256.substr(0, 12); }
};

TEST_F(TheGate, OfAPlanThatNobodyApprovedIsClosedWithTheCommandThatOpensIt) {
  Expect(3, "is not approved; next: regraft approve " + file() + " --by NAME", Approvals());
  EXPECT_EQ(database_.Scalar("SELECT to_regnamespace('regraft')"), support::kNull)
      << "asking must make nothing";
}

TEST_F(TheGate, IsOpenedByOneApproval) {
  Expect(0, "approved by grace", Approve("grace"));
  Expect(0, "APPROVED: plan " + Short() + " is approved by grace", Approvals());
  EXPECT_EQ(database_.Scalar("SELECT approved_by || ' ' || session_role || (client_address IS NULL)"
                             " FROM regraft.approval"),
            "grace " + database_.Scalar("SELECT session_user") + "true");
}

TEST_F(TheGate, HoldsForThePlansLifetimeFromTheApproval) {
  Approve("grace");
  EXPECT_EQ(database_.Scalar("SELECT expires_at - approved_at FROM regraft.approval"), "7 days");
  EXPECT_EQ(database_.Scalar("SELECT abs(extract(epoch FROM now() - approved_at)) < 60"
                             " FROM regraft.approval"),
            "t");
}

TEST_F(TheGate, WantsAsManyPeopleAsThePlanSays) {
  plan_.approvals_required = 2;
  Save();
  Expect(0, "TOO FEW: plan " + Short() + " has 1 of 2 approvals (by grace)", Approve("grace"));
  Expect(3, "has 1 of 2 approvals (by grace); next: regraft approve", Approvals());
  Expect(0, "already approved by grace", Approve("  Grace "));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.approval"), "1");
  Expect(0, "is approved by grace, barbara", Approve("barbara"));
  Expect(0, "APPROVED", Approvals());
}

TEST_F(TheGate, StaysClosedToThePlannerWhereThePlanSaysSo) {
  plan_.not_by_planner = true;
  Save();
  Expect(3, "planned this, and the plan says not_by_planner", Approve("ada"));
  Expect(3, "somebody else approves it", Approve(" ADA "));
  EXPECT_EQ(database_.Scalar("SELECT to_regclass('regraft.approval') IS NULL OR NOT EXISTS "
                             "(SELECT FROM regraft.approval)"),
            "t");
  database_.Sql(
      "INSERT INTO regraft.approval (plan_sha256, number, approved_by, expires_at)"
      " VALUES ('" +
      plan_.sha256 + "', 1, 'Ada', 'infinity')");
  Expect(3,
         "is approved by its planner Ada only, and says not_by_planner; next: regraft approve " +
             file() + " --by NAME (NAME is not ada, who planned it)",
         Approvals());
  Expect(0, "APPROVED", Approve("grace"));
}

TEST_F(TheGate, LetsThePlannerApproveWhereThePlanDoesNotForbidIt) {
  Expect(0, "APPROVED", Approve("ada"));
}

TEST_F(TheGate, IsClosedByARevocationAndOpenedByTheNextApproval) {
  Approve("grace");
  Expect(0, "revoked the approval by grace of",
         Run({"revoke", file(), "--by", "barbara", "--reason", "not before Monday"}));
  Expect(3, "is not approved any more: the approval by grace was revoked by barbara at",
         Approvals());
  Expect(3, ": not before Monday; next: regraft approve", Approvals());
  Expect(0, "nothing to revoke", Run({"revoke", file(), "--by", "barbara"}));
  Expect(0, "APPROVED", Approve("grace"));
}

TEST_F(TheGate, IsClosedWhenTheApprovalHasExpired) {
  Approve("grace");
  database_.Sql(
      "UPDATE regraft.approval SET approved_at = now() - interval '8 days',"
      " expires_at = now() - interval '1 day'");
  Expect(3, "is not approved any more: the approval by grace of", Approvals());
  Expect(3, " expired at ", Approvals());
  Expect(0, "APPROVED", Approve("grace"));
}

TEST_F(TheGate, IsClosedToAStalePlanAndSaysWhatChanged) {
  Approve("grace");
  database_.Sql("ALTER TABLE app.orders DISABLE TRIGGER stamp");
  Expect(3, "is stale: app.orders: triggers: ", Approvals());
  Expect(3, "next: regraft plan PLAN.yaml -o " + file() + ", and have that approved",
         Approve("barbara"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.approval"), "1");
  database_.Sql("ALTER TABLE app.orders ENABLE TRIGGER stamp");
  Expect(0, "APPROVED", Approvals());
}

TEST_F(TheGate, IsClosedOnceARunHasUsedTheApproval) {
  Approve("grace");
  const absl::StatusOr<int64_t> run = ConsumeIt();
  ASSERT_TRUE(run.ok()) << run.status();
  const std::string number = std::to_string(*run);
  Expect(3, "is not approved again: the approval by grace was consumed by run " + number + " at ",
         Approvals());
  Expect(3, "too late: run " + number + " consumed the approval",
         Run({"revoke", file(), "--by", "grace"}));
  EXPECT_EQ(KindOf(ConsumeIt().status()), FailureKind::kNotApproved);
  Expect(0, "APPROVED", Approve("grace"));
  EXPECT_TRUE(ConsumeIt().ok());
  EXPECT_EQ(database_.Scalar("SELECT string_agg(number::text, ',' ORDER BY number)"
                             " FROM regraft.plan_run"),
            "1,2");
}

TEST_F(TheGate, LetsNoRunThroughThatIsNotApproved) {
  const absl::Status refused = ConsumeIt().status();
  EXPECT_EQ(KindOf(refused), FailureKind::kNotApproved);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("is not approved; next: regraft approve"));
  Approve("grace");
  pg::Connection connection = database_.Connect();
  EXPECT_EQ(KindOf(Consume(connection, {.plan = plan_, .stale_reasons = {"changed"}}).status()),
            FailureKind::kNotApproved);
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.plan_run"), "0");
}

TEST_F(TheGate, LetsOneOfManyThroughThatComeAtOnce) {
  constexpr int kPrograms = 6;
  for (int round = 1; round <= 5; ++round) {
    ASSERT_EQ(Approve("grace").exit_code, 0);
    std::vector<pg::Connection> connections;
    for (int program = 0; program < kPrograms; ++program)
      connections.push_back(database_.Connect());
    std::atomic<int> through = 0, refused = 0;
    std::vector<std::thread> threads;
    for (pg::Connection& connection : connections)
      threads.emplace_back([&] {
        const auto run = Consume(connection, {.plan = plan_, .stale_reasons = {}});
        if (run.ok()) ++through;
        if (KindOf(run.status()) == FailureKind::kNotApproved) ++refused;
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(through, 1);
    EXPECT_EQ(refused, kPrograms - 1);
    EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.plan_run"), std::to_string(round));
  }
}

// Whoever comes second waits for the first, and then reads what it has left.
TEST_F(TheGate, MakesTheSecondWaitForTheFirst) {
  Approve("grace");
  pg::Connection first = database_.Connect();
  ASSERT_TRUE(first.Run("BEGIN").ok());
  ASSERT_TRUE(first
                  .Query("SELECT pg_advisory_xact_lock(hashtextextended('regraft.approval.' || $1,"
                         " 0))",
                         {plan_.sha256})
                  .ok());
  ASSERT_TRUE(first
                  .Query("INSERT INTO regraft.plan_run (plan_sha256, number) VALUES ($1, 1)",
                         {plan_.sha256})
                  .ok());
  std::optional<absl::StatusOr<int64_t>> run;
  std::thread second([&] { run = ConsumeIt(); });
  const char* const waits =
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
  const Deadline deadline = Deadline::After(std::chrono::seconds(20));
  while (database_.Scalar(waits) == "0" && !deadline.passed()) {
  }
  EXPECT_FALSE(deadline.passed()) << "the second did not wait";
  ASSERT_TRUE(first.Commit().ok());
  second.join();
  EXPECT_THAT(std::string(run->status().message()), HasSubstr("was consumed by run"));
}

TEST_F(TheGate, IsOpenToAnIdenticalPlanSavedAgain) {
  Approve("grace");
  const std::string again = Write("again.json", *saved_plan::WriteSavedPlan(plan_));
  Expect(0, "APPROVED", Run({"approvals", again}));
  plan_.planner = "eve";
  Save();
  Expect(3, "is not approved", Approvals());
}

TEST_F(TheGate, OfAnotherDatabaseSaysWhichOneThePlanIsFor) {
  const support::TestDatabase other;
  const auto result = support::RunProgram(
      {.arguments = {"approve", file(), "--by", "x", "--dsn", other.conninfo()}});
  Expect(3, "it was made for database " + database_.name(), result);
  Expect(3, "this is " + other.name(), result);
}

TEST_F(TheGate, OfAnAlteredFileIsABadFile) {
  std::string text = *saved_plan::WriteSavedPlan(plan_);
  text[text.find("\"ada\"") + 1] ^= 1;
  Write("saved.json", text);
  for (const char* verb : {"approve", "revoke"})
    Expect(78, "altered after it was saved", Run({verb, file(), "--by", "x"}));
  for (const char* verb : {"approvals", "show"})
    Expect(78, "altered after it was saved", Run({verb, file()}));
  Expect(78, "cannot read", Run({"show", file() + ".missing"}));
}

TEST_F(TheGate, WantsAName) {
  for (const char* name : {"", "  ", "a\nb"}) Expect(64, "--by", Approve(name));
  Expect(64, "--by is required", Run({"approve", file()}));
}

TEST_F(TheGate, OfAPlanWithRefusalsStaysClosed) {
  plan_.actions[0].findings = {{"refusal", "no-home", "note has no home", "overflow: payload"}};
  Save();
  Expect(78, "a plan with refusals cannot be approved; regraft show", Approve("grace"));
}

TEST_F(TheGate, IsListedForAllPlansAndAsJson) {
  Expect(0, "no approvals in this database", Run({"approvals"}));
  Approve("grace");
  ASSERT_TRUE(ConsumeIt().ok());
  Approve("barbara");
  Run({"revoke", file(), "--by", "ada"});
  const auto text = Run({"approvals"});
  Expect(0, "plan " + plan_.sha256 + " consumed grace at ", text);
  Expect(0, "consumed by run 1 at", text);
  Expect(0, "revoked barbara at", text);
  const json document = json::parse(Run({"approvals", "--json"}).output);
  EXPECT_EQ(document["approvals"][0]["consumed"]["run_id"], 1);
  EXPECT_EQ(document["approvals"][1]["revoked"]["by"], "ada");
  const json gate = json::parse(Run({"approvals", file(), "--json"}).output);
  EXPECT_EQ(gate["gate"]["state"], "revoked");
  EXPECT_EQ(gate["error"]["exit_code"], 3);
}

// Whoever reads the list or a report must not take somebody for an approver of the run who had
// withdrawn.
TEST_F(TheGate, SaysOfNoApprovalThatHeldNoMoreThatARunConsumedIt) {
  Approve("ada");
  Run({"revoke", file(), "--by", "ada"});
  Approve("barbara");
  database_.Sql(
      "UPDATE regraft.approval SET approved_at = now() - interval '8 days',"
      " expires_at = now() - interval '1 day' WHERE approved_by = 'barbara'");
  Approve("grace");
  ASSERT_TRUE(ConsumeIt().ok());
  const auto text = Run({"approvals"});
  Expect(0, "revoked ada at", text);
  Expect(0, "expired barbara at", text);
  Expect(0, "consumed grace at", text);
  const json document = json::parse(Run({"approvals", "--json"}).output);
  EXPECT_TRUE(document["approvals"][0]["consumed"].is_null());
  EXPECT_TRUE(document["approvals"][1]["consumed"].is_null());
  EXPECT_EQ(document["approvals"][2]["consumed"]["run_id"], 1);
  Expect(3, "the approval by grace was consumed by run 1 at", Approvals());
  Expect(3, "too late: run 1 consumed the approval", Run({"revoke", file(), "--by", "grace"}));
}

TEST_F(TheGate, OfARoleWithoutRightsOnTheLedgerNamesTheGrants) {
  Approve("grace");
  const std::string role = database_.name() + "_reader";
  database_.Sql("CREATE ROLE " + role + " LOGIN");
  const auto as_role = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dsn", database_.conninfo() + " user=" + role});
    return support::RunProgram({.arguments = arguments});
  };
  const std::string usage = "GRANT USAGE ON SCHEMA regraft TO " + role + ";";
  const std::string tables =
      "GRANT SELECT, INSERT, UPDATE ON regraft.version, regraft.approval, regraft.plan_run, "
      "regraft.answer TO " +
      role + ";";
  Expect(1, usage + " " + tables, as_role({"approvals", file()}));
  database_.Sql(usage + tables);
  Expect(0, "APPROVED", as_role({"approvals", file()}));
  Expect(0, "as role " + role, as_role({"approve", file(), "--by", "linus"}));
  database_.Sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(TheGate, TheLedgerOfVersionOneIsMigratedWithItsCopies) {
  database_.Sql(
      "CREATE TABLE app.target (LIKE app.orders); ALTER TABLE app.target ADD origin text");
  Expect(0, "verified", Run({"copy", "app.orders", "app.target", "--set", "origin=x"}));
  // Later versions are taken away, whatever they are.
  database_.Sql(R"sql(
DO $$ DECLARE t regclass; BEGIN
  FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'regraft'::regnamespace AND relkind = 'r' AND relname
    NOT IN ('version', 'copy', 'run', 'chunk', 'chunk_done', 'remainder', 'step', 'worker')
  LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; END LOOP;
END $$;
DROP VIEW IF EXISTS regraft.accounting;
CREATE VIEW regraft.accounting AS SELECT 1 AS version_one;
DELETE FROM regraft.version WHERE version > 1)sql");
  Expect(0, "verified", Run({"verify"}));
  TakeFingerprint();
  Save();
  Expect(3, "is not approved", Approvals());
  Expect(0, "APPROVED", Approve("grace"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM regraft.copy"), "1");
}

}  // namespace
}  // namespace regraft::approval
