#include "engine/catalog/namespace_names.h"

#include "gtest/gtest.h"

namespace regraft::catalog {
namespace {

const std::vector<SchemaName> kMoving = {
    {.name = "t", .space = NameSpace::kRelation, .kind = "table", .oid = 1},
    {.name = "t_pkey", .space = NameSpace::kRelation, .kind = "constraint", .oid = 2},
    {.name = "_t", .space = NameSpace::kType, .kind = "array type", .oid = 3, .yields = true},
    {.name = "t", .space = NameSpace::kType, .kind = "row type", .oid = 4},
    {.name = "st", .space = NameSpace::kStatistics, .kind = "statistics", .oid = 5}};

// "moving kind/taken kind name …"
std::string Clashes(const std::string& new_name, const std::vector<SchemaName>& taken) {
  std::string text;
  for (const NameClash& clash : FindClashes(kMoving, new_name, taken))
    text += clash.moving.kind + "/" + clash.taken.kind + " " + clash.moving.name + "; ";
  return text;
}

TEST(FindClashes, OneNameSpaceEach) {
  const SchemaName index = {.name = "t_pkey", .kind = "index", .oid = 9};
  const SchemaName view = {.name = "t", .kind = "view", .oid = 10};
  const SchemaName row = {.name = "t", .space = NameSpace::kType, .kind = "row type", .oid = 11};
  const SchemaName domain = {.name = "st", .space = NameSpace::kType, .kind = "domain", .oid = 12};
  EXPECT_EQ(Clashes("t", {index}), "constraint/index t_pkey; ");
  EXPECT_EQ(Clashes("t", {view, row}), "table/view t; row type/row type t; ");
  EXPECT_EQ(Clashes("t", {domain}), "");
  EXPECT_EQ(Clashes("st", {domain}), "row type/domain st; ");
}

TEST(FindClashes, TheNewNameCountsForTheTableAndItsRowType) {
  const SchemaName view = {.name = "t", .kind = "view", .oid = 10};
  EXPECT_EQ(Clashes("u", {view}), "");
  EXPECT_EQ(Clashes("t_pkey", {{.name = "t_pkey", .kind = "view", .oid = 10}}),
            "table/view t_pkey; constraint/view t_pkey; ");
}

TEST(FindClashes, ArrayTypesYield) {
  const SchemaName taken = {.name = "_t", .space = NameSpace::kType, .kind = "enum", .oid = 9};
  EXPECT_EQ(Clashes("t", {taken}), "");
  const SchemaName array = {
      .name = "t", .space = NameSpace::kType, .kind = "array type", .oid = 9, .yields = true};
  EXPECT_EQ(Clashes("t", {array}), "");
}

TEST(FindClashes, ItsOwnNamesAreNotInTheWay) { EXPECT_EQ(Clashes("u", kMoving), ""); }

TEST(FreeName, NumbersAndSixtyThreeBytes) {
  EXPECT_EQ(FreeName("t", {}), "t");
  EXPECT_EQ(FreeName("t", {"t", "t_2"}), "t_3");
  const std::string longest(63, 'x');
  EXPECT_EQ(FreeName(longest + "tail", {}), longest);
  EXPECT_EQ(FreeName(longest, {longest}), std::string(61, 'x') + "_2");
  const std::string umlauts = std::string(62, 'x') + "ä";  // 64 bytes; the last character has two
  EXPECT_EQ(FreeName(umlauts, {}), std::string(62, 'x'));
}

}  // namespace
}  // namespace regraft::catalog
