#include "engine/analysis/homes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace regraft::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint32_t kText = 25, kJsonb = 3802;

catalog::Column Column(const std::string& name, uint32_t type = kText) {
  catalog::Column column{.name = name, .type_sql = type == kJsonb ? "jsonb" : "text"};
  column.type.oid = column.type.base_oid = type;
  return column;
}

catalog::Table Table(const std::vector<catalog::Column>& columns) {
  catalog::Table table;
  table.name = {"app", "table"};
  table.columns = columns;
  return table;
}

std::vector<std::string> Names(const std::vector<const catalog::Column*>& columns) {
  std::vector<std::string> names;
  for (const catalog::Column* column : columns) names.push_back(column->name);
  return names;
}

std::vector<std::string> Typed(const Homes& homes) {
  std::vector<std::string> pairs;
  for (const Home& home : homes.typed) pairs.push_back(home.source->name + ">" + home.target->name);
  return pairs;
}

TEST(Homes, ColumnsOfOneNameBelongTogetherWhateverTheirOrder) {
  const auto source = Table({Column("a"), Column("b")}), target = Table({Column("b"), Column("a")});
  const Homes homes = FindHomes({}, {}, source, target);
  EXPECT_THAT(Typed(homes), ElementsAre("a>a", "b>b"));
  EXPECT_THAT(homes.refusals, IsEmpty());
}

TEST(Homes, ARenameLeavesTheOldNameToAnother) {
  const auto source = Table({Column("a"), Column("b")}), target = Table({Column("a"), Column("b")});
  const Homes homes = FindHomes({.columns = {{"a", "b"}, {"b", "a"}}}, {}, source, target);
  EXPECT_THAT(Typed(homes), ElementsAre("a>b", "b>a"));
  EXPECT_THAT(homes.refusals, IsEmpty());
}

TEST(Homes, WhatASetColumnTakesIsNoHome) {
  const auto source = Table({Column("a")}), target = Table({Column("a")});
  EXPECT_THAT(FindHomes({.constants = {{"a", "x"}}}, {}, source, target).refusals,
              ElementsAre(HasSubstr("source column \"a\" (text) has no home")));
}

TEST(Homes, AColumnWithoutAnyIsRefusedOrKeptInTheOverflow) {
  const auto source = Table({Column("a")}), target = Table({Column("rest", kJsonb)});
  EXPECT_THAT(FindHomes({}, {}, source, target).refusals, ElementsAre(HasSubstr("no home")));
  const Homes homes = FindHomes({.overflow = "rest"}, {}, source, target);
  EXPECT_THAT(Names(homes.overflowing), ElementsAre("a"));
  EXPECT_THAT(homes.refusals, IsEmpty());
}

TEST(Homes, AColumnCanBeSentToTheOverflowThoughItHasAHome) {
  const auto source = Table({Column("a")}), target = Table({Column("a"), Column("rest", kJsonb)});
  const Homes homes = FindHomes({.columns = {{"a", ""}}, .overflow = "rest"}, {}, source, target);
  EXPECT_THAT(Names(homes.overflowing), ElementsAre("a"));
  EXPECT_THAT(Names(homes.unwritten), ElementsAre("a"));
}

TEST(Homes, OnlyAnInjectiveMapIsAHome) {
  const auto source = Table({Column("a")}), target = Table({Column("kind")});
  plan::Mapping mapping;
  mapping.value_maps = {{.target = "kind", .source = "a", .pairs = {{"x", "1"}, {"y", "1"}}}};
  EXPECT_THAT(Names(FindHomes(mapping, {true}, source, target).mapped_only), ElementsAre("a"));
  EXPECT_THAT(FindHomes(mapping, {false}, source, target).refusals,
              ElementsAre(HasSubstr("gives one value for two")));
  mapping.value_maps[0].otherwise = "2";
  EXPECT_THAT(FindHomes(mapping, {false}, source, target).refusals,
              ElementsAre(HasSubstr("has a \"*\"")));
}

TEST(Homes, TwoValuesForOneTargetColumnAreRefused) {
  const auto source = Table({Column("a"), Column("b")}), target = Table({Column("a")});
  const Homes homes = FindHomes({.columns = {{"a", "a"}, {"b", "a"}}}, {}, source, target);
  EXPECT_THAT(homes.refusals, ElementsAre(HasSubstr("already gets its value elsewhere")));
}

TEST(Homes, ATargetColumnThatForbidsNullNeedsAValue) {
  catalog::Column wanting = Column("wanting"), filled = Column("filled");
  wanting.not_null = filled.not_null = true;
  filled.default_sql = "'x'";
  const auto source = Table({Column("a")}), target = Table({Column("a"), wanting, filled});
  EXPECT_THAT(FindHomes({}, {}, source, target).refusals,
              ElementsAre(HasSubstr("\"wanting\" (text) is NOT NULL")));
}

TEST(Homes, OfAKeyOfSeveralColumnsOnlyThoseWithADefaultAreMinted) {
  catalog::Column id = Column("id"), day = Column("day");
  id.identity = 'd';
  day.not_null = true;
  const auto source = Table({Column("id"), Column("day")});
  auto target = Table({id, day, Column("rest", kJsonb)});
  target.indexes = {{.primary = true, .key_columns = {"id", "day"}}};
  plan::Mapping mapping{.overflow = "rest"};
  mapping.mint_keys = true;
  const Homes homes = FindHomes(mapping, {}, source, target);
  EXPECT_THAT(homes.refusals, IsEmpty());
  EXPECT_THAT(Typed(homes), ElementsAre("day>day"));
  EXPECT_THAT(Names(homes.overflowing), ElementsAre("id"));
}

TEST(Homes, NamesThatAreNotThereAreAllRefusedAtOnce) {
  const auto source = Table({Column("a")}), target = Table({Column("a")});
  const Homes homes =
      FindHomes({.columns = {{"no", "a"}}, .constants = {{"nor", "x"}}, .overflow = "neither"}, {},
                source, target);
  EXPECT_GE(homes.refusals.size(), 3U);
}

}  // namespace
}  // namespace regraft::analysis
