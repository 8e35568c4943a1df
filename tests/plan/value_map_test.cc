#include "engine/plan/mapping.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::plan {
namespace {

using ::testing::HasSubstr;

TEST(ValueMap, IsCutAtTheFirstEqualsAndAtTheObject) {
  const auto map = ParseValueMap(R"(kind=w:{"=o:{"b":"y","a":"x","*":"z","\\N":""})");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->target, "kind");
  EXPECT_EQ(map->source, "w:{\"=o");
  const decltype(map->pairs) pairs = {{"b", "y"}, {"a", "x"}};
  EXPECT_EQ(map->pairs, pairs);
  EXPECT_EQ(map->otherwise, "z");
  EXPECT_EQ(map->when_null, "");
}

TEST(ValueMap, WithAKeyTwiceIsRefused) {
  for (const std::string key : {"a", "*", "\\\\N", ""}) {
    const auto map = ParseValueMap("k=s:{\"" + key + "\":\"1\",\"b\":\"2\",\"" + key + "\":\"1\"}");
    EXPECT_THAT(std::string(map.status().message()), HasSubstr("is there twice")) << key;
  }
}

TEST(ValueMap, IsInjectiveIfEveryResultTellsItsKey) {
  const auto injective = [](const std::string& object) {
    return ParseValueMap("k=s:" + object).value().Injective();
  };
  EXPECT_TRUE(injective(R"({"a":"1","b":"2"})"));
  EXPECT_TRUE(injective(R"({"a":"1","\\N":"2"})"));
  EXPECT_TRUE(injective(R"({"a":null,"\\N":"2"})"));
  EXPECT_FALSE(injective(R"({"a":"1","b":"1"})"));
  EXPECT_FALSE(injective(R"({"a":null})"));  // NULL stays NULL
  EXPECT_FALSE(injective(R"({"a":"1","\\N":"1"})"));
  EXPECT_FALSE(injective(R"({"a":"1","*":"2"})"));
}

}  // namespace
}  // namespace regraft::plan
