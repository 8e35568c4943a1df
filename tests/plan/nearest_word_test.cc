#include "engine/plan/nearest_word.h"

#include "gtest/gtest.h"

namespace regraft::plan {
namespace {

const std::vector<std::string_view> kWords = {"archive", "merge", "merge_jsonb", "move", "to"};

TEST(NearestWord, FindsAMistypedWord) {
  EXPECT_EQ(NearestWord("mrege", kWords), "merge");
  EXPECT_EQ(NearestWord("archiv", kWords), "archive");
  EXPECT_EQ(NearestWord("mergejsonb", kWords), "merge_jsonb");
  EXPECT_EQ(NearestWord("too", kWords), "to");
}

TEST(NearestWord, FindsNothingWhereNothingIsNear) {
  EXPECT_EQ(NearestWord("xyz", kWords), "");
  EXPECT_EQ(NearestWord("", {}), "");
  EXPECT_EQ(NearestWord(std::string(100'000, 'm'), kWords), "");
}

TEST(SuggestWord, NamesTheNearestOrAllWords) {
  EXPECT_EQ(SuggestWord("mov", kWords), "; did you mean \"move\"?");
  EXPECT_EQ(SuggestWord("xyz", {"a-word", "b-word"}), "; known are \"a-word\", \"b-word\"");
}

}  // namespace
}  // namespace regraft::plan
