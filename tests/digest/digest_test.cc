#include "engine/digest/digest.h"

#include "tests/golden/golden.h"
#include "tests/support/paths.h"

#include "gtest/gtest.h"

namespace regraft::digest {
namespace {

using namespace std::string_literals;

constexpr uint64_t kMax = UINT64_MAX;

// The output of `yes regraft | head -c LENGTH`.
std::string Repeated(size_t length) {
  std::string text;
  while (text.size() < length) text += "regraft\n";
  text.resize(length);
  return text;
}

TEST(RowDigest, AgreesWithXxh128sumOnEachPathThroughXxh3) {
  // for n in 0 3 8 16 100 128 240 241 1024 5000 100000; do yes regraft | head -c $n | xxh128sum;
  // done
  EXPECT_EQ(HashRow(Repeated(0)).Hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(HashRow(Repeated(3)).Hex(), "a5e487a4445e85630c4fa6e3189c2c97");
  EXPECT_EQ(HashRow(Repeated(8)).Hex(), "a68a688a7e651d3163c1ba87fc59c60d");
  EXPECT_EQ(HashRow(Repeated(16)).Hex(), "1b0a0dba1984c80292d21aeae82046b1");
  EXPECT_EQ(HashRow(Repeated(100)).Hex(), "be4d7ef23e4e03570cabcad6d1ff2a58");
  EXPECT_EQ(HashRow(Repeated(128)).Hex(), "ab66d3ad6c38a5658a81447806c744b4");
  EXPECT_EQ(HashRow(Repeated(240)).Hex(), "32a056305533aa757c7ad5c4c6c108d3");
  EXPECT_EQ(HashRow(Repeated(241)).Hex(), "a58179b320165ecfe31cb439d2ae0d81");
  EXPECT_EQ(HashRow(Repeated(1024)).Hex(), "578cd720c77b7468560aa51e6e1ad213");
  EXPECT_EQ(HashRow(Repeated(5000)).Hex(), "b7ddcb87f0c1ad6b965e8a0d3c8b9dfd");
  EXPECT_EQ(HashRow(Repeated(100000)).Hex(), "ad8aa21f77d9798c0b4eacc493b90586");
}

TEST(RowDigest, NullAndEmptyTextDiffer) {
  // printf '\377\377\377\377' | xxh128sum; printf '\0\0\0\0' | xxh128sum
  EXPECT_EQ(HashRow("\xff\xff\xff\xff"s).Hex(), "a03472865ceee4a8780952daaa607a20");
  EXPECT_EQ(HashRow("\0\0\0\0"s).Hex(), "2a33816ed7e0c373dbe563c737220b65");
}

TEST(RowDigest, ByteMovedToTheNextFieldIsSeen) {
  // printf '\0\0\0\2ab\0\0\0\1c' | xxh128sum; printf '\0\0\0\1a\0\0\0\2bc' | xxh128sum
  EXPECT_EQ(HashRow("\0\0\0\2ab\0\0\0\1c"s).Hex(), "e59f269784d94fc599e986e3d4454658");
  EXPECT_EQ(HashRow("\0\0\0\1a\0\0\0\2bc"s).Hex(), "a9e80c7807a74d4d33970509a367272f");
}

TEST(SetDigest, AgreesWithASecondImplementationOnEveryGoldenFile) {
  std::ifstream answers(support::TestData() + "/digest/known_answers.txt");
  std::string name;
  std::string hex;
  SetDigest expected;
  size_t files = 0;
  for (; answers >> name >> expected.rows >> expected.bytes >> hex; ++files) {
    SCOPED_TRACE(name);
    const std::string stream = golden::Stream(name);
    ASSERT_FALSE(stream.empty());
    const auto content = golden::Read(stream, golden::FieldCount(stream));
    ASSERT_TRUE(content.ok()) << content.status();
    expected.sum = Digest128::FromHex(hex).value();
    EXPECT_EQ(content->digest, expected) << content->digest.sum.Hex();
  }
  EXPECT_EQ(files, golden::Names().size());
}

TEST(Digest128, AddsWithCarryAndWrapsAround) {
  Digest128 sum{.high = 1, .low = kMax};
  EXPECT_EQ(sum += (Digest128{.high = 2, .low = 1}), (Digest128{.high = 4, .low = 0}));
  sum = {.high = kMax, .low = kMax};
  EXPECT_EQ(sum += (Digest128{.high = 0, .low = 1}), Digest128{});
}

TEST(Digest128, SubtractsWithBorrowAndWrapsAround) {
  Digest128 difference{.high = 4, .low = 0};
  EXPECT_EQ(difference -= (Digest128{.high = 2, .low = 1}), (Digest128{.high = 1, .low = kMax}));
  difference = {};
  EXPECT_EQ(difference -= (Digest128{.high = 0, .low = 1}), (Digest128{.high = kMax, .low = kMax}));
}

TEST(Digest128, AddsToAndSubtractsFromItself) {
  Digest128 digest{.high = 1, .low = kMax};
  const Digest128& itself = digest;
  digest += itself;
  EXPECT_EQ(digest, (Digest128{.high = 3, .low = kMax - 1}));
  digest -= itself;
  EXPECT_EQ(digest, Digest128{});
}

TEST(Digest128, IsOrderedAsANumber) {
  EXPECT_LT((Digest128{.high = 1, .low = kMax}), (Digest128{.high = 2, .low = 0}));
  EXPECT_LT((Digest128{.high = 2, .low = 0}), (Digest128{.high = 2, .low = 1}));
}

TEST(Digest128, HexHasLeadingZerosAndReadsBack) {
  const Digest128 digest{.high = 0xab, .low = 0x0123456789abcdef};
  EXPECT_EQ(digest.Hex(), "00000000000000ab0123456789abcdef");
  EXPECT_EQ(*Digest128::FromHex(digest.Hex()), digest);
  EXPECT_EQ(*Digest128::FromHex("00000000000000AB0123456789ABCDEF"), digest);
}

TEST(Digest128, RefusesWhatIsNotThirtyTwoHexadecimalDigits) {
  const std::string good = Digest128{}.Hex();
  EXPECT_FALSE(Digest128::FromHex("").ok());
  EXPECT_FALSE(Digest128::FromHex(good + "0").ok());
  EXPECT_FALSE(Digest128::FromHex(good.substr(1)).ok());
  for (const char bad : {'g', '-', '+', ' ', 'x', '\0'}) {
    for (size_t i = 0; i < good.size(); ++i) {
      std::string hex = good;
      hex[i] = bad;
      EXPECT_FALSE(Digest128::FromHex(hex).ok()) << hex;
    }
  }
}

}  // namespace
}  // namespace regraft::digest
