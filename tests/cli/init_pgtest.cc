#include "engine/plan/read_plan.h"
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace regraft {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class InitVerb : public testing::Test {
 protected:
  InitVerb() {
    char name[] = "/tmp/regraft-init-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~InitVerb() override { std::filesystem::remove_all(folder_); }

  support::ProgramResult Init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"init", "--dsn", database_.conninfo()});
    return support::RunProgram({.arguments = arguments, .environment = {{"REGRAFT_JSON", {}}}});
  }
  plan::Plan Plan(const std::vector<std::string>& arguments) {
    const auto result = Init(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    text_ = result.output;
    auto plan = plan::ReadPlan(result.output, "plan.yaml");
    EXPECT_TRUE(plan.ok()) << plan.status() << "\n" << result.output;
    return plan.ok() ? *std::move(plan) : plan::Plan{};
  }

  support::TestDatabase database_;
  std::string folder_;
  std::string text_;
};

TEST_F(InitVerb, NamesWithoutDoubtGiveADiscriminatorAndNoTodo) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.orders (id int, total numeric, year int);"
      "CREATE TABLE app.orders_2023 (id int, total numeric);"
      "CREATE TABLE app.orders_2024 (id int, total numeric)");
  const plan::Plan plan = Plan({"app.orders_2023", "app.orders_2024", "--into", "app.orders"});
  ASSERT_EQ(plan.actions.size(), 2u);
  EXPECT_EQ(plan::DiscriminatorWords(plan.actions[0].merge->mapping), "year=2023");
  EXPECT_EQ(plan::DiscriminatorWords(plan.actions[1].merge->mapping), "year=2024");
  EXPECT_THAT(plan.actions[0].todo, IsEmpty());
  EXPECT_THAT(text_, HasSubstr("# 2 columns have the same name and type: id, total\n"));
}

TEST_F(InitVerb, WhereNamesLeaveDoubtADiscriminatorIsATodo) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.orders (id int, origin text, kind text);"
      "CREATE TABLE app.orders_old (id int); CREATE TABLE app.wishes (id int);"
      "CREATE TABLE app.plain (id int)");
  EXPECT_THAT(Plan({"app.orders_old", "--into", "app.orders"}).actions[0].todo,
              ElementsAre(AllOf(HasSubstr("set: "), HasSubstr("origin, kind"))));
  EXPECT_THAT(Plan({"app.wishes", "--into", "app.plain"}).actions[0].todo,
              ElementsAre(HasSubstr("add one in prepare")));
}

TEST_F(InitVerb, ColumnsWithoutHomeDemandsAndZonesAreTodosWithTheirRemedies) {
  database_.Sql(
      "CREATE SCHEMA app; CREATE TABLE app.errors (id bigint PRIMARY KEY, message text,"
      " at timestamptz, owner int NOT NULL, kind text NOT NULL DEFAULT 'x', rest jsonb,"
      " twice bigint GENERATED ALWAYS AS (id * 2) STORED);"
      "CREATE TABLE app.\"Failed ones\" (id int, mesage text, at timestamp, twice int, x point)");
  const plan::Plan plan = Plan({"app.\"Failed ones\"", "--into", "app.errors"});
  const auto& todo = plan.actions[0].todo;
  EXPECT_THAT(todo, testing::Contains(HasSubstr("these have no home: mesage, twice, x")));
  EXPECT_THAT(todo, testing::Contains(HasSubstr("fill: owner (integer)")));
  EXPECT_THAT(todo, testing::Contains(HasSubstr("zones: of which time zone")));
  EXPECT_THAT(text_, HasSubstr("the nearest name is columns: {mesage: message}"));
  EXPECT_THAT(text_, HasSubstr("with overflow: rest"));
  EXPECT_THAT(text_, HasSubstr("# id: integer to bigint, by a cast"));
  EXPECT_THAT(text_, Not(HasSubstr("fill: kind")));
}

TEST_F(InitVerb, AFileThatExistsIsNotOverwrittenWithoutForce) {
  database_.Sql("CREATE SCHEMA a; CREATE TABLE a.s (id int); CREATE TABLE a.t (id int)");
  const std::string file = folder_ + "/plan.yaml";
  std::ofstream(file) << "mine";
  const auto refused = Init({"a.s", "--into", "a.t", "-o", file});
  EXPECT_EQ(refused.exit_code, 78);
  EXPECT_THAT(refused.errors, HasSubstr("exists; --force overwrites it"));
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  EXPECT_EQ(kept.str(), "mine");
  EXPECT_EQ(Init({"a.s", "--into", "a.t", "-o", file, "--force"}).exit_code, 0);
  std::ostringstream written;
  written << std::ifstream(file).rdbuf();
  EXPECT_TRUE(plan::ReadPlan(written.str(), file).ok()) << written.str();
}

TEST_F(InitVerb, WrongTablesAreABadPlanInJsonToo) {
  database_.Sql("CREATE SCHEMA a; CREATE TABLE a.s (id int); CREATE TABLE a.t (id int)");
  EXPECT_EQ(Init({"a.none", "--into", "a.t"}).exit_code, 78);
  EXPECT_EQ(Init({"a.t", "--into", "a.t"}).exit_code, 78);
  EXPECT_EQ(Init({"a.s", "a.s", "--into", "a.t"}).exit_code, 78);
  const auto result = Init({"a.none", "--into", "a.t", "--json"});
  EXPECT_EQ(nlohmann::json::parse(result.output)["error"]["exit_code"], 78);
  const auto good = nlohmann::json::parse(Init({"a.s", "--into", "a.t", "--json"}).output);
  EXPECT_TRUE(good["error"].is_null());
  EXPECT_THAT(good["plan"].get<std::string>(), HasSubstr("merge: a.s"));
}

}  // namespace
}  // namespace regraft
