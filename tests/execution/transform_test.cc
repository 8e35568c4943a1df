#include "engine/execution/transform.h"

#include "engine/base/bytes.h"
#include "engine/copy_format/tuple.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <optional>

namespace regraft::execution {
namespace {

using analysis::CopyPlan;
using analysis::WrittenColumn;
using copy_format::TypeShape;
using ::testing::HasSubstr;
using Row = std::vector<std::optional<std::string>>;

std::string Fields(const Row& row) {
  std::string framed;
  for (const auto& field : row) copy_format::AppendField(&framed, field);
  return framed;
}

std::string Tuple(const Row& row) {
  std::string bytes;
  AppendBig(&bytes, static_cast<int16_t>(row.size()));
  return bytes + Fields(row);
}

digest::SetDigest DigestOf(const std::vector<Row>& rows) {
  digest::SetDigest digest;
  for (const Row& row : rows) digest.Add(Fields(row));
  return digest;
}

// Reads two source columns and one that is derived from them; sends all three, moved about.
CopyPlan ThreeFields() {
  CopyPlan plan;
  plan.select = {"s.a", "s.b", "s.a::text"};
  plan.source_fields = 2;
  plan.back.source_shapes.resize(2);
  plan.back.written_shapes.resize(3);
  for (const size_t field : {2U, 0U, 1U})
    plan.written.push_back({.origin = WrittenColumn::Origin::kField, .field = field});
  return plan;
}

// Sends the one column that is read, in other words.
CopyPlan OneMap() {
  CopyPlan plan;
  plan.select = {"s.word"};
  plan.source_fields = 1;
  plan.back.source_shapes.resize(1);
  plan.back.written_shapes.resize(1);
  plan.written.push_back({.origin = WrittenColumn::Origin::kMap});
  plan.maps.push_back(
      {.source = "word",
       .target = "kind",
       .framed = {{"a", Fields({"1"})}, {"", Fields({"2"})}, {"n", Fields({std::nullopt})}},
       .null_framed = Fields({std::nullopt})});
  return plan;
}

TEST(Transform, MovesFieldsAndDigestsWhatWasReadApartFromWhatIsSent) {
  const CopyPlan plan = ThreeFields();
  const Row first = {"1", std::nullopt, "one"}, second = {"", "2", std::nullopt};
  Slab slab{.rows = Tuple(first) + Tuple(second)};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  const Row sent = {"one", "1", std::nullopt}, also_sent = {std::nullopt, "", "2"};
  EXPECT_EQ(slab.out, Tuple(sent) + Tuple(also_sent));
  EXPECT_EQ(slab.source, DigestOf({{"1", std::nullopt}, {"", "2"}}));
  EXPECT_EQ(slab.written, DigestOf({sent, also_sent}));
}

TEST(Transform, PutsConstantsWhereTheyBelong) {
  CopyPlan plan = ThreeFields();
  const auto constant = [](const std::optional<std::string>& value) {
    return WrittenColumn{.origin = WrittenColumn::Origin::kConstant, .framed = Fields({value})};
  };
  plan.written.insert(plan.written.begin(), constant("first"));
  plan.written.push_back(constant(std::nullopt));
  plan.written.push_back(constant(""));
  plan.back.written_shapes.resize(6);
  Slab slab{.rows = Tuple({"a", "b", "c"})};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  const Row sent = {"first", "c", "a", "b", std::nullopt, ""};
  EXPECT_EQ(slab.out, Tuple(sent));
  EXPECT_EQ(slab.written, DigestOf({sent}));
}

TEST(Transform, MapsByTheWholeValue) {
  const CopyPlan plan = OneMap();
  Slab slab{.rows = Tuple({"a"}) + Tuple({""}) + Tuple({"n"}) + Tuple({std::nullopt})};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  EXPECT_EQ(slab.out, Tuple({"1"}) + Tuple({"2"}) + Tuple({std::nullopt}) + Tuple({std::nullopt}));
  for (const std::string& other : {std::string("A"), std::string("a "), std::string("a\0", 2)}) {
    slab.rows = Tuple({"a"}) + Tuple({other});
    const absl::Status status = Transform(plan).Apply(&slab);
    EXPECT_THAT(std::string(status.message()), HasSubstr("has the value \"" + other + "\""));
  }
}

TEST(Transform, MapsEverythingElseByTheStarButNotNull) {
  CopyPlan plan = OneMap();
  plan.maps[0].otherwise_framed = Fields({"other"});
  Slab slab{.rows = Tuple({"a"}) + Tuple({"*"}) + Tuple({std::nullopt})};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  EXPECT_EQ(slab.out, Tuple({"1"}) + Tuple({"other"}) + Tuple({std::nullopt}));
}

TEST(Transform, MapsNullWhereItHasAKey) {
  CopyPlan plan = OneMap();
  plan.maps[0].null_framed = Fields({"none"});
  Slab slab{.rows = Tuple({std::nullopt})};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  EXPECT_EQ(slab.out, Tuple({"none"}));
}

TEST(Transform, WritesTextLinesAndDigestsTheirFields) {
  CopyPlan plan = ThreeFields();
  plan.text_format = true;
  Slab slab{.rows = Tuple({"a\tb", std::nullopt, "\\N"})};
  ASSERT_TRUE(Transform(plan).Apply(&slab).ok());
  EXPECT_EQ(slab.out, "\\\\N\ta\\tb\t\\N\n");
  EXPECT_EQ(slab.written, DigestOf({{"\\N", "a\tb", std::nullopt}}));
}

// Two databases number their types differently: the bytes sent are the source's, the digests are
// not.
TEST(Transform, TakesTheNumbersOfUserTypesOutOfTheDigestsOnly) {
  const TypeShape array{.kind = TypeShape::Kind::kArray, .parts = {{}}, .carries_user_oid = true};
  CopyPlan plan;
  plan.select = {"s.list"};
  plan.source_fields = 1;
  plan.back.source_shapes = plan.back.written_shapes = {array};
  plan.written.push_back({.origin = WrittenColumn::Origin::kField});
  const auto array_of = [](uint32_t element_type) {
    std::string bytes;
    AppendBig(&bytes, int32_t{1});  // dimensions
    AppendBig(&bytes, int32_t{0});  // has NULLs
    AppendBig(&bytes, element_type);
    AppendBig(&bytes, int32_t{1});  // elements
    AppendBig(&bytes, int32_t{1});  // lower bound
    copy_format::AppendField(&bytes, "ok");
    return bytes;
  };
  Slab here{.rows = Tuple({array_of(16400)})}, there{.rows = Tuple({array_of(20000)})};
  ASSERT_TRUE(Transform(plan).Apply(&here).ok());
  ASSERT_TRUE(Transform(plan).Apply(&there).ok());
  EXPECT_EQ(here.out, Tuple({array_of(16400)}));
  EXPECT_EQ(here.source, there.source);
  EXPECT_EQ(here.written, there.written);
  EXPECT_EQ(here.source, DigestOf({{array_of(0)}}));
}

TEST(Transform, RefusesRowsThatAreNotWhatWasSelected) {
  const CopyPlan plan = ThreeFields();
  const std::string good = Tuple({"1", "2", "3"});
  for (size_t bytes = 1; bytes < good.size(); ++bytes) {
    Slab slab{.rows = good + good.substr(0, bytes)};
    EXPECT_FALSE(Transform(plan).Apply(&slab).ok()) << bytes;
  }
  for (const std::string& rows : {Tuple({"1", "2"}), Tuple({"1", "2", "3", "4"})}) {
    Slab slab{.rows = rows};
    EXPECT_FALSE(Transform(plan).Apply(&slab).ok());
  }
}

TEST(Transform, TheLastSlabMustEndWithTheTrailer) {
  const CopyPlan plan = ThreeFields();
  const std::string row = Tuple({"1", "2", "3"});
  Slab ended{.last = true, .rows = row + std::string(copy_format::kTrailer)};
  EXPECT_TRUE(Transform(plan).Apply(&ended).ok());
  EXPECT_EQ(ended.out, Tuple({"3", "1", "2"}));
  Slab cut{.last = true, .rows = row};
  EXPECT_THAT(std::string(Transform(plan).Apply(&cut).message()), HasSubstr("without its trailer"));
}

}  // namespace
}  // namespace regraft::execution
