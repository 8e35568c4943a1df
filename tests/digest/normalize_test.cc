#include "engine/digest/normalize.h"

#include "engine/base/bytes.h"
#include "engine/copy_format/tuple.h"

#include "gtest/gtest.h"

#include <initializer_list>

namespace regraft::digest {
namespace {

using copy_format::TypeShape;
using Kind = TypeShape::Kind;
using namespace std::string_literals;

constexpr int32_t kText = 25;
constexpr int32_t kUser = 16384;

const TypeShape kPlain;

TypeShape Shape(Kind kind, std::vector<TypeShape> parts) {
  return {.kind = kind, .parts = std::move(parts), .carries_user_oid = true};
}

std::string Int32s(std::initializer_list<int32_t> values) {
  std::string bytes;
  for (const int32_t value : values) AppendBig<int32_t>(&bytes, value);
  return bytes;
}

std::string Framed(std::string_view value) {
  std::string field;
  copy_format::AppendField(&field, value);
  return field;
}

// The value as a row of one field, normalised; its frame cut off again.
absl::StatusOr<std::string> Normalized(const std::string& value, const TypeShape& shape) {
  std::string out;
  if (const absl::Status status = AppendNormalized(Framed(value), {shape}, &out); !status.ok()) {
    EXPECT_EQ(out, "") << "what failed must leave nothing behind";
    return status;
  }
  return out.substr(sizeof(int32_t));
}

bool Refused(const std::string& value, const TypeShape& shape) {
  return absl::IsDataLoss(Normalized(value, shape).status());
}

TEST(Normalize, ArrayElementOidsOfUserTypesBecomeZero) {
  const TypeShape shape = Shape(Kind::kArray, {kPlain});
  const std::string elements = Framed("a") + Int32s({-1}) + Framed("");
  EXPECT_EQ(*Normalized(Int32s({1, 1, kUser, 3, 1}) + elements, shape),
            Int32s({1, 1, 0, 3, 1}) + elements);
}

TEST(Normalize, OidsOfBuiltInTypesStay) {
  const TypeShape shape = Shape(Kind::kArray, {kPlain});
  for (const int32_t oid : {0, kText, kUser - 1}) {
    const std::string array = Int32s({1, 0, oid, 1, 1}) + Framed("a");
    EXPECT_EQ(*Normalized(array, shape), array);
  }
}

TEST(Normalize, OidsBeyondTwoToTheThirtyOneAreUserTypes) {
  EXPECT_EQ(*Normalized(Int32s({0, 0, -1}), Shape(Kind::kArray, {kPlain})), Int32s({0, 0, 0}));
}

TEST(Normalize, ArrayBoundsStay) {
  const TypeShape shape = Shape(Kind::kArray, {kPlain});
  const std::string elements = Framed("a") + Framed("b");
  EXPECT_EQ(*Normalized(Int32s({2, 0, kUser, 1, -5, 2, INT32_MAX}) + elements, shape),
            Int32s({2, 0, 0, 1, -5, 2, INT32_MAX}) + elements);
}

TEST(Normalize, CompositeFieldOidsBecomeZero) {
  const TypeShape shape = Shape(Kind::kComposite, {kPlain, kPlain});
  EXPECT_EQ(*Normalized(Int32s({2, kText}) + Framed("a") + Int32s({kUser, -1}), shape),
            Int32s({2, kText}) + Framed("a") + Int32s({0, -1}));
}

TEST(Normalize, OidsAreFoundInsideRangesAndMultiranges) {
  const TypeShape array = Shape(Kind::kArray, {kPlain});
  const TypeShape range = Shape(Kind::kRange, {array});
  const std::string before =
      "\x02"s + Framed(Int32s({0, 0, kUser})) + Framed(Int32s({0, 0, kUser}));
  const std::string after = "\x02"s + Framed(Int32s({0, 0, 0})) + Framed(Int32s({0, 0, 0}));
  EXPECT_EQ(*Normalized(before, range), after);
  EXPECT_EQ(*Normalized(Int32s({1}) + Framed(before), Shape(Kind::kMultirange, {range})),
            Int32s({1}) + Framed(after));
}

TEST(Normalize, RangesHaveTheBoundsThatTheirFlagsTell) {
  const TypeShape range = Shape(Kind::kRange, {kPlain});
  EXPECT_TRUE(Normalized("\x01", range).ok()) << "empty";
  EXPECT_TRUE(Normalized("\x18", range).ok()) << "(,)";
  EXPECT_TRUE(Normalized("\x0c" + Framed("b"), range).ok()) << "(,b]";
  EXPECT_TRUE(Normalized("\x12" + Framed("a"), range).ok()) << "[a,)";
  EXPECT_TRUE(Normalized("\x06" + Framed("a") + Framed("b"), range).ok()) << "[a,b]";
  EXPECT_TRUE(Refused("\x06" + Framed("a"), range));
  EXPECT_TRUE(Refused("\x01" + Framed("a"), range));
  EXPECT_TRUE(Refused("\x12" + Int32s({-1}), range)) << "a bound is never NULL";
  EXPECT_TRUE(Refused("\x38", range)) << "(,) with a flag that is never sent";
  EXPECT_TRUE(Refused("", range));
}

TEST(Normalize, OtherFieldsAreCopiedAndOutIsAppendedTo) {
  const TypeShape array = Shape(Kind::kArray, {kPlain});
  std::string out = "before";
  ASSERT_TRUE(AppendNormalized(Framed("x") + Int32s({-1}) + Framed(Int32s({0, 0, kUser})),
                               {kPlain, array, array}, &out)
                  .ok());
  EXPECT_EQ(out, "before" + Framed("x") + Int32s({-1}) + Framed(Int32s({0, 0, 0})));
}

TEST(Normalize, ARowOfAnotherFieldCountIsRefused) {
  std::string out = "before";
  EXPECT_FALSE(AppendNormalized(Framed("x"), {kPlain, kPlain}, &out).ok());
  EXPECT_FALSE(AppendNormalized(Framed("x") + Framed("y"), {kPlain}, &out).ok());
  EXPECT_FALSE(AppendNormalized("x", {}, &out).ok());
  EXPECT_EQ(out, "before");
  EXPECT_TRUE(AppendNormalized("", {}, &out).ok());
}

TEST(Normalize, SaysWhichFieldIsMalformed) {
  std::string out;
  EXPECT_EQ(
      AppendNormalized(Framed("x") + Framed("y"), {kPlain, Shape(Kind::kArray, {kPlain})}, &out)
          .message(),
      "normalising a row: field 2 of 2 does not have the form of its type");
}

TEST(Normalize, MalformedArraysAreRefused) {
  const TypeShape shape = Shape(Kind::kArray, {kPlain});
  EXPECT_TRUE(Refused("", shape));
  EXPECT_TRUE(Refused(Int32s({-1, 0, kUser}), shape)) << "negative dimensions";
  EXPECT_TRUE(Refused(Int32s({7, 0, kUser, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1}), shape));
  EXPECT_TRUE(Refused(Int32s({1, 2, kUser, 0, 1}), shape)) << "unknown flags";
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, -1, 1}), shape)) << "a negative size";
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, 2, 1, -1}), shape)) << "one element too few";
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, 1, 1, -1, -1}), shape)) << "one element too many";
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, 1, 1, -2}), shape)) << "a length below -1";
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, 1, 1, 1}), shape)) << "an element beyond the end";
}

TEST(Normalize, HugeArraySizesDoNotOverflow) {
  const TypeShape shape = Shape(Kind::kArray, {kPlain});
  constexpr int32_t kHuge = INT32_MAX;
  EXPECT_TRUE(Refused(Int32s({1, 0, kUser, kHuge, 1}), shape));
  EXPECT_TRUE(Refused(Int32s({2, 0, kUser, 65536, 1, 65536, 1}), shape));
  EXPECT_TRUE(Refused(
      Int32s({6, 0, kUser, kHuge, 1, kHuge, 1, kHuge, 1, kHuge, 1, kHuge, 1, kHuge, 1}), shape));
}

TEST(Normalize, MalformedCompositesAndMultirangesAreRefused) {
  const TypeShape composite = Shape(Kind::kComposite, {kPlain});
  EXPECT_TRUE(Refused(Int32s({0}), composite));
  EXPECT_TRUE(Refused(Int32s({2, kUser, -1, kUser, -1}), composite));
  EXPECT_TRUE(Refused(Int32s({-1}), composite));
  EXPECT_TRUE(Refused(Int32s({1, kUser, 5}), composite));
  const TypeShape multirange = Shape(Kind::kMultirange, {Shape(Kind::kRange, {kPlain})});
  EXPECT_TRUE(Refused(Int32s({-1}), multirange));
  EXPECT_TRUE(Refused(Int32s({1}), multirange));
  EXPECT_TRUE(Refused(Int32s({1, -1}), multirange)) << "a range inside is never NULL";
  EXPECT_TRUE(Refused(Int32s({INT32_MAX}) + Framed("\x01"), multirange));
}

TEST(Normalize, AShapeThatCannotBeIsRefused) {
  EXPECT_TRUE(Refused("x", Shape(Kind::kPlain, {})));
  EXPECT_TRUE(Refused(Int32s({0, 0, kUser}), Shape(Kind::kArray, {})));
}

TEST(NeedsNormalizing, OnlyWhenAShapeCarriesUserOids) {
  EXPECT_FALSE(NeedsNormalizing({}));
  EXPECT_FALSE(NeedsNormalizing({kPlain, {.kind = Kind::kArray, .parts = {kPlain}}}));
  EXPECT_TRUE(NeedsNormalizing({kPlain, Shape(Kind::kArray, {kPlain})}));
}

}  // namespace
}  // namespace regraft::digest
