#include "engine/proof/buckets.h"

#include "gtest/gtest.h"

#include <string>

namespace regraft::proof {
namespace {

// A row of one field, as binary COPY frames it.
std::string Row(int number) {
  const std::string text = std::to_string(number);
  return std::string(3, '\0') + static_cast<char>(text.size()) + text;
}

TEST(Buckets, AddUpToTheSameTotalHoweverTheyAreSplit) {
  Buckets buckets;
  digest::SetDigest all;
  for (int i = 0; i < 1000; ++i) {
    buckets.Add(Row(i));
    all.Add(Row(i));
  }
  EXPECT_EQ(buckets.Total(), all);
  for (int bits = 0; bits <= kBucketBitsMax; ++bits) {
    digest::SetDigest sum;
    for (const digest::SetDigest& bucket : buckets.Split(bits)) sum += bucket;
    EXPECT_EQ(sum, all) << bits;
  }
}

TEST(Buckets, HoldTheRowsWhoseDigestBeginsWithTheirNumber) {
  Buckets buckets;
  buckets.Add(Row(7));
  const auto split = buckets.Split(3);
  ASSERT_EQ(split.size(), 8U);
  for (size_t i = 0; i < split.size(); ++i)
    EXPECT_EQ(split[i].rows, i == digest::HashRow(Row(7)).high >> 61 ? 1 : 0) << i;
}

TEST(Buckets, AreAsManyAsTheRowsNeed) {
  EXPECT_EQ(BucketBits(0), 0);
  EXPECT_EQ(BucketBits(10'000), 0);
  EXPECT_EQ(BucketBits(10'001), 1);
  EXPECT_EQ(BucketBits(2'000'000), 8);
  EXPECT_EQ(BucketBits(int64_t{1} << 40), 8);
}

}  // namespace
}  // namespace regraft::proof
