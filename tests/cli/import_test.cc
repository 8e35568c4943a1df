#include "tests/support/paths.h"
#include "tests/support/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include <string>
#include <vector>

namespace regraft {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kData = support::TestData();

support::ProgramResult Import(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "import");
  return support::RunProgram({.arguments = arguments, .environment = {{"REGRAFT_JSON", {}}}});
}

TEST(ImportVerb, TheExampleHasCountsThatDisagree) {
  const auto result = Import({kData + "/../docs/examples/ctb/reorganization-plan.md"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("\nregraft: 1\n"));
  EXPECT_THAT(result.errors, HasSubstr("total              64       56  differs\n"));
  EXPECT_THAT(result.errors, HasSubstr("merge_jsonb         3        3\n"));
  EXPECT_THAT(result.errors, HasSubstr("56 actions are itemised, 64 declared"));
  EXPECT_THAT(result.errors, HasSubstr("reorganization-plan.md:73: kind-differs: "));
}

TEST(ImportVerb, ADocumentThatSaysAllIsDone) {
  const auto result = Import({kData + "/document/library.md"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.errors, Not(HasSubstr("todos")));
}

TEST(ImportVerb, AgreeingCountsWithTodosAreNotDone) {
  const auto result = Import({kData + "/document/umbau.md"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("1 lines were not understood"));
  EXPECT_THAT(result.errors, HasSubstr("The document declares no counts."));
}

TEST(ImportVerb, WhatIsNoDocumentIsABadPlan) {
  for (const std::string& path : {kData + "/document", kData + "/document/none.md",
                                  kData + "/golden/text.copy", std::string("/dev/null")}) {
    const auto result = Import({path});
    EXPECT_EQ(result.exit_code, 78) << path;
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_THAT(result.errors, StartsWith("regraft: ")) << path;
  }
  EXPECT_EQ(Import({}).exit_code, 64);
}

TEST(ImportVerb, JsonIsOneDocumentOnSuccessAndFailure) {
  const auto good = Import({kData + "/document/library.md", "--json"});
  EXPECT_EQ(good.exit_code, 0);
  json document = json::parse(good.output);
  EXPECT_EQ(document["itemised"], 9);
  EXPECT_EQ(document["declared"], 9);
  EXPECT_EQ(document["counts_agree"], true);
  EXPECT_TRUE(document["error"].is_null());
  EXPECT_THAT(document["plan"].get<std::string>(), HasSubstr("regraft: 1\n"));
  document = json::parse(Import({kData + "/document/umbau.md", "--json"}).output);
  EXPECT_EQ(document["error"]["exit_code"], 2);
  EXPECT_EQ(document["unread_rows"], 1);
  EXPECT_GT(document["findings"].size(), 5u);
  document = json::parse(Import({"/dev/null", "--json"}).output);
  EXPECT_EQ(document["error"]["exit_code"], 78);
}

}  // namespace
}  // namespace regraft
