// The program against facts made by hand: before the lock, under it, and with each kind of gap.
#include "tests/support/copying.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace regraft::compliance {
namespace {

using testing::HasSubstr;

class Compliance : public ::testing::Test {
 protected:
  Compliance() {
    std::string pattern = std::filesystem::temp_directory_path() / "regraft-compliance-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    directory_ = pattern;
    database_.Sql(R"sql(
      CREATE SCHEMA sales; CREATE SCHEMA free;
      CREATE TABLE sales.orders (id int PRIMARY KEY); INSERT INTO sales.orders VALUES (1), (2);
      CREATE TABLE sales."Odd.Errors" (id int);
      CREATE TABLE sales.summary (id int);
      CREATE TABLE sales.parts (id int) PARTITION BY LIST (id);
      CREATE TABLE sales.part PARTITION OF sales.parts FOR VALUES IN (1);
      CREATE VIEW sales.seen AS SELECT 1 AS id;
      CREATE TABLE free.loose (id int))sql");
    Plan("");
  }
  // The keeper belongs to the whole server: lifting the lock drops it.
  ~Compliance() override {
    Run({"unlock", "--reason", "the test is over", "--yes"});
    std::filesystem::remove_all(directory_);
  }

  void Plan(const std::string& more_leaves) {
    std::ofstream(plan())
        << "regraft: 1\nname: by hand\nactions:\n"
           "- {pending: free.loose, id: Q, question: 'Whose is it?', options: {stay: keep}}\n"
           "audits:\n- {count: sales.orders, id: A1, expect: 2}\n"
           "- {count: sales.orders, id: A2, expect: 2}\n"
           "lock:\n  schemas: [sales]\n  leaves:\n"
           "  - {table: sales.orders, sub_hub: sales, leaf_type: CANONICAL}\n"
           "  - {table: 'sales.\"Odd.Errors\"', sub_hub: sales, leaf_type: ERROR}\n"
           "  - {table: sales.summary, sub_hub: sales, leaf_type: MV}\n"
        << more_leaves
        << "  cardinality:\n  - {leaf_type: CANONICAL, min: 1, max: 1}\n"
           "  - {leaf_type: ERROR, min: 1, max: 1, sub_hubs: [sales]}\n";
  }
  void LockAndAudit() {
    ASSERT_EQ(Run({"lock", plan(), "--yes"}).exit_code, 0);
    ASSERT_EQ(Run({"audit", plan()}).exit_code, 0);
  }
  [[nodiscard]] std::string plan() const { return directory_ + "/plan.yaml"; }
  support::ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.end(), {"--dsn", database_.conninfo()});
    return support::RunProgram({.arguments = words, .environment = {{"REGRAFT_JSON", {}}}});
  }
  // "object: what" of each gap; the exit code must say the same.
  std::vector<std::string> Gaps() {
    const support::ProgramResult result = Run({"compliance", plan(), "--json"});
    const nlohmann::json document = support::Document(result);
    std::vector<std::string> gaps;
    for (const auto& gap : document["gaps"])
      gaps.push_back(gap["object"].get<std::string>() + ": " + gap["what"].get<std::string>());
    EXPECT_EQ(result.exit_code, gaps.empty() ? 0 : 2) << result.output;
    EXPECT_EQ(document["compliant"], gaps.empty());
    return gaps;
  }

  support::TestDatabase database_;
  std::string directory_;
};

TEST_F(Compliance, TheLongestLeafTypeStandsApartFromItsTable) {
  Plan("  - {table: sales.parts, sub_hub: sales, leaf_type: SUPPORTING}\n");
  EXPECT_THAT(Run({"compliance", plan()}).output, HasSubstr("SUPPORTING sales.parts"));
}

TEST_F(Compliance, NothingIsRegisteredBeforeTheLock) {
  EXPECT_THAT(Gaps(), testing::ElementsAre("sales.orders: not registered yet",
                                           "sales.\"Odd.Errors\": not registered yet",
                                           "sales.summary: not registered yet", "sales: not locked",
                                           "audit: never run, or not recorded"));
  EXPECT_EQ(database_.Scalar("SELECT count(*) FROM pg_namespace WHERE nspname = 'regraft'"), "0")
      << "it only looks";
}

TEST_F(Compliance, HoldsWhenAllIsAsThePlanSays) {
  LockAndAudit();
  EXPECT_THAT(Gaps(), testing::IsEmpty());
  const support::ProgramResult text = Run({"compliance", plan(), "--count"});
  EXPECT_EQ(text.exit_code, 0);
  for (const char* words :
       {"ok    sales: 1 CANONICAL (1 wanted), 1 ERROR (1 wanted), 1 MV (no number stated)",
        "sales.orders        2 rows", "a table: MV is its label; 0 rows",
        "2 relations of the plan's schemas: sales.parts, sales.seen", "no drift",
        "2 of 2 passed, of 2 that the plan states", "1 is open: Q free.loose: Whose is it?"})
    EXPECT_THAT(text.output, HasSubstr(words));
  EXPECT_TRUE(text.output.ends_with("\ncompliant\n")) << text.output;
  const support::ProgramResult markdown = Run({"compliance", plan(), "--format", "md"});
  EXPECT_THAT(markdown.output, HasSubstr("| sales | `sales.orders` | `sales.\"Odd.Errors\"` | "
                                         "`sales.summary` | yes |"));
}

TEST_F(Compliance, NamesWhatHasComeAndGoneSince) {
  LockAndAudit();
  ASSERT_EQ(
      Run({"register", "sales.summary", "--sub-hub", "sales", "--leaf-type", "STAGING"}).exit_code,
      0);
  EXPECT_THAT(Gaps(), testing::ElementsAre("sales.summary: is registered as STAGING of sales"));
  ASSERT_EQ(Run({"unlock", "--for", "1h", "--reason", "to break it"}).exit_code, 0);
  database_.Sql("DROP TABLE sales.\"Odd.Errors\"; CREATE TABLE sales.more (id int)");
  EXPECT_THAT(Gaps(),
              testing::IsSupersetOf(
                  {"sub-hub sales: has 0 ERROR, 1 wanted", "sales.\"Odd.Errors\": is not there",
                   "sales.more: it came while the lock was open, and nobody said what it "
                   "is"}));
}

TEST_F(Compliance, CountsWhatIsRegisteredBesides) {
  ASSERT_EQ(
      Run({"register", "free.loose", "--sub-hub", "sales", "--leaf-type", "STAGING"}).exit_code, 0);
  LockAndAudit();
  EXPECT_THAT(Gaps(), testing::IsEmpty());
  EXPECT_THAT(Run({"compliance", plan()}).output, HasSubstr("registered besides"));
  Plan("  - {table: sales.parts, sub_hub: sales, leaf_type: CANONICAL}\n");
  EXPECT_THAT(Gaps(), testing::ElementsAre("sub-hub sales: has 2 CANONICAL, 1 wanted",
                                           "sales.parts: is registered as UNCLASSIFIED"));
}

TEST_F(Compliance, TellsTheLastAuditAsItWas) {
  LockAndAudit();
  database_.Sql("INSERT INTO sales.orders VALUES (3)");
  ASSERT_EQ(Run({"audit", plan(), "--only", "A2"}).exit_code, 2);
  EXPECT_THAT(Gaps(),
              testing::ElementsAre("audit: failed: A2", "audit: not among the last ones: A1"));
}

TEST_F(Compliance, RefusesAPlanWithoutALock) {
  std::ofstream(plan()) << "regraft: 1\nactions: []\n";
  const support::ProgramResult result = Run({"compliance", plan()});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("has no \"lock\""));
}

}  // namespace
}  // namespace regraft::compliance
