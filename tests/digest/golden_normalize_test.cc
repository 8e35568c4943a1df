// Normalising what PostgreSQL wrote: equal values of two databases, and damaged values.
#include "engine/digest/normalize.h"
#include "tests/golden/golden.h"

#include "gtest/gtest.h"

#include <map>

namespace regraft::digest {
namespace {

using copy_format::TypeShape;
using Kind = TypeShape::Kind;

constexpr std::string_view kSecond = ".second";

TypeShape Shape(Kind kind, std::vector<TypeShape> parts) {
  return {.kind = kind, .parts = std::move(parts), .carries_user_oid = true};
}

// The shapes of golden.sql's types that carry OIDs of user-defined types, by golden file.
std::map<std::string, std::vector<TypeShape>> Shapes() {
  const TypeShape plain;
  const TypeShape moods = Shape(Kind::kArray, {plain});
  const TypeShape pair = Shape(Kind::kComposite, {plain, plain, moods});
  const TypeShape pairs = Shape(Kind::kArray, {pair});
  const TypeShape pair_range = Shape(Kind::kRange, {pair});
  return {
      {"enum_array", {moods}},
      {"domain_array", {moods}},
      {"domain_over_enum_array", {moods}},
      {"composite", {pair}},
      {"domain_over_composite", {pair}},
      {"composite_array", {pairs}},
      {"nested_composite", {Shape(Kind::kComposite, {pair, pairs, plain})}},
      {"composite_range", {pair_range}},
      {"composite_multirange", {Shape(Kind::kMultirange, {pair_range})}},
      {"composite_range_array", {Shape(Kind::kArray, {pair_range})}},
      {"wide", {plain, plain, plain, moods, pair, plain, plain}},
  };
}

// The rows of `stream`, each normalised, one after the other.
absl::StatusOr<std::string> NormalizedRows(std::string_view stream,
                                           const std::vector<TypeShape>& shapes) {
  const auto content = golden::Read(stream, static_cast<int16_t>(shapes.size()));
  if (!content.ok()) return content.status();
  std::string normalized;
  for (const std::string_view row : content->rows) {
    const std::string exact(row);  // on the heap, so that asan sees the first byte behind
    if (absl::Status status = AppendNormalized(exact, shapes, &normalized); !status.ok())
      return status;
  }
  return normalized;
}

TEST(GoldenNormalize, ExactlyTheseTypesDifferBetweenDatabases) {
  std::vector<std::string> expected;
  for (const auto& [name, shapes] : Shapes()) expected.push_back(name);
  std::vector<std::string> differing;
  for (const std::string& name : golden::Names()) {
    if (name.ends_with(kSecond)) differing.push_back(name.substr(0, name.size() - kSecond.size()));
  }
  EXPECT_EQ(differing, expected);
}

TEST(GoldenNormalize, EqualValuesOfTwoDatabasesBecomeEqualBytes) {
  for (const auto& [name, shapes] : Shapes()) {
    SCOPED_TRACE(name);
    const std::string first = golden::Stream(name);
    const std::string second = golden::Stream(name + std::string(kSecond));
    EXPECT_NE(first, second);
    const auto normalized = NormalizedRows(first, shapes);
    ASSERT_TRUE(normalized.ok()) << normalized.status();
    EXPECT_EQ(*normalized, NormalizedRows(second, shapes).value());
  }
}

TEST(GoldenNormalize, ChangesNothingButOids) {
  for (const auto& [name, shapes] : Shapes()) {
    SCOPED_TRACE(name);
    const std::string stream = golden::Stream(name);
    const auto content = golden::Read(stream, static_cast<int16_t>(shapes.size())).value();
    std::string raw;
    for (const std::string_view row : content.rows) raw += row;
    const std::string normalized = NormalizedRows(stream, shapes).value();
    ASSERT_EQ(normalized.size(), raw.size());
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == normalized[i]) continue;
      // The two low bytes of an OID of 0x4000 and more, in these small databases.
      ASSERT_GE(i, 2U);
      EXPECT_EQ(LoadBig<uint16_t>(&raw[i - 2]), 0) << i;
      EXPECT_GE(LoadBig<uint16_t>(&raw[i]), 16384) << i;
      EXPECT_EQ(LoadBig<uint16_t>(&normalized[i]), 0) << i;
      ++i;
    }
  }
}

// The bytes of `raw` that belong to OIDs which were rewritten.
std::vector<bool> RewrittenBytes(const std::string& raw, const std::string& normalized) {
  std::vector<bool> rewritten(raw.size());
  for (size_t i = 2; i + 1 < raw.size(); ++i) {
    if (normalized[i] == raw[i] || rewritten[i]) continue;
    for (size_t byte = i - 2; byte < i + 2; ++byte) rewritten[byte] = true;
  }
  return rewritten;
}

TEST(GoldenNormalize, AFlippedBitGivesAnErrorOrOtherBytesExceptInsideAnOid) {
  for (const auto& [name, shapes] : Shapes()) {
    SCOPED_TRACE(name);
    const std::string stream = golden::Stream(name);
    const auto content = golden::Read(stream, static_cast<int16_t>(shapes.size())).value();
    for (const std::string_view view : content.rows) {
      std::string row(view);
      std::string whole;
      ASSERT_TRUE(AppendNormalized(row, shapes, &whole).ok());
      const std::vector<bool> rewritten = RewrittenBytes(row, whole);
      for (size_t bit = 0; bit < 8 * row.size(); ++bit) {
        const auto mask = static_cast<char>(1 << (bit % 8));
        row[bit / 8] = static_cast<char>(row[bit / 8] ^ mask);
        std::string damaged;
        const bool unseen = AppendNormalized(row, shapes, &damaged).ok() && damaged == whole;
        EXPECT_TRUE(!unseen || rewritten[bit / 8]) << "bit " << bit;
        row[bit / 8] = static_cast<char>(row[bit / 8] ^ mask);
      }
    }
  }
}

// Lengths of outer frames are set to fit, so that the cut reaches the value's own reader.
TEST(GoldenNormalize, AValueCutAnywhereIsAnError) {
  for (const auto& [name, shapes] : Shapes()) {
    if (shapes.size() > 1) continue;
    SCOPED_TRACE(name);
    const std::string stream = golden::Stream(name);
    const auto content = golden::Read(stream, 1).value();
    for (const std::string_view row : content.rows) {
      if (row.size() == sizeof(int32_t)) continue;  // NULL
      const std::string_view value = row.substr(sizeof(int32_t));
      for (size_t length = 0; length < value.size(); ++length) {
        std::string cut;
        copy_format::AppendField(&cut, value.substr(0, length));
        std::string out;
        EXPECT_FALSE(AppendNormalized(cut, shapes, &out).ok()) << length;
      }
    }
  }
}

TEST(GoldenNormalize, NoGoldenFileBreaksTheReaderOfAnotherShape) {
  for (const auto& [shape_name, shapes] : Shapes()) {
    if (shapes.size() > 1) continue;
    for (const std::string& name : golden::Names()) {
      const std::string stream = golden::Stream(name);
      if (golden::FieldCount(stream) == 1) (void)NormalizedRows(stream, shapes);
    }
  }
}

}  // namespace
}  // namespace regraft::digest
