// The order in which flags and variables count, for every verb that needs no file.
#include "tests/support/postgres.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <string>
#include <vector>

namespace regraft {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const std::vector<Words> kVerbs = {
    {"approvals"},
    {"status"},
    {"report"},
    {"registry"},
    {"register", "a.b", "--sub-hub", "x", "--leaf-type", "MV"},
    {"lock", "--check"},
    {"unlock", "--reason", "x", "--yes"},
    {"clean", "--undo", "x", "--yes"},
    {"show", "--run", "1"},
    {"init", "a.b", "--into", "c.d"},
    {"copy", "a.b", "c.d"},
    {"verify"},
    {"digest", "a.b"},
    {"diff", "a.b", "c.d"},
    {"bench", "a.b"},
};

// Whoever has DATABASE_URL in his environment and types --dsn must not change the other database.
TEST(Environment, TheFlagWinsOverTheVariable) {
  for (Words words : kVerbs) {
    words.insert(words.end(), {"--dsn", "dbname=regraft_of_flag"});
    const support::ProgramResult result = support::RunProgram(
        {.arguments = words, .environment = {{"DATABASE_URL", "dbname=regraft_of_variable"}}});
    EXPECT_NE(result.exit_code, 0) << words[0];
    EXPECT_THAT(result.errors, HasSubstr("regraft_of_flag")) << words[0];
    EXPECT_THAT(result.errors, Not(HasSubstr("regraft_of_variable"))) << words[0];
  }
}

TEST(Environment, TheVariableCountsWithoutTheFlag) {
  for (const Words& words : kVerbs)
    EXPECT_THAT(
        support::RunProgram(
            {.arguments = words, .environment = {{"DATABASE_URL", "dbname=regraft_of_variable"}}})
            .errors,
        HasSubstr("regraft_of_variable"))
        << words[0];
}

// copy takes 64 lanes at most, audit has no format sql.
TEST(Environment, ValuesThatOtherVerbsWouldNotTakeDoNoHarm) {
  support::TestDatabase database;
  database.Sql("CREATE TABLE t (id int)");
  const support::ProgramResult result =
      support::RunProgram({.arguments = {"digest", "t", "--dsn", database.conninfo()},
                           .environment = {{"REGRAFT_JOBS", "99"}, {"REGRAFT_FORMAT", "sql"}}});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
}

}  // namespace
}  // namespace regraft
