#include "engine/verification/cause.h"

#include "engine/base/bytes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace regraft::verification {
namespace {

using ::testing::IsEmpty;

constexpr uint32_t kText = 25;
constexpr uint32_t kNumeric = 1700;
constexpr uint32_t kFloat8 = 701;
constexpr uint32_t kTimestamptz = 1184;

template <typename Integer>
std::string Big(Integer value) {
  std::string bytes;
  AppendBig(&bytes, value);
  return bytes;
}

std::string Float8(double value) { return Big(std::bit_cast<uint64_t>(value)); }

std::string Numeric(int16_t weight, uint16_t sign, int16_t scale,
                    const std::vector<int16_t>& digits) {
  std::string image =
      Big(static_cast<int16_t>(digits.size())) + Big(weight) + Big(sign) + Big(scale);
  for (const int16_t digit : digits) image += Big(digit);
  return image;
}

std::string Interval(int64_t microseconds, int32_t days, int32_t months) {
  return Big(microseconds) + Big(days) + Big(months);
}

TEST(CauseOf, EqualValuesHaveNone) {
  EXPECT_THAT(CauseOf(kText, "a", "a"), IsEmpty());
  EXPECT_THAT(CauseOf(kText, std::nullopt, std::nullopt), IsEmpty());
}

TEST(CauseOf, NullAgainstEmptyIsToldFromNullAgainstAValue) {
  EXPECT_EQ(CauseOf(kText, std::nullopt, ""), "NULL against empty");
  EXPECT_EQ(CauseOf(kText, "", std::nullopt), "NULL against empty");
  EXPECT_EQ(CauseOf(kText, std::nullopt, "x"), "NULL against a value");
}

TEST(CauseOf, TextsAreComparedByWhatPeopleOverlook) {
  EXPECT_EQ(CauseOf(kText, "abc", "abc  "), "padding: trailing blanks");
  EXPECT_EQ(CauseOf(kText, "  ", ""), "padding: trailing blanks");
  EXPECT_EQ(CauseOf(kText, "a\r\nb", "a\nb"), "line ends");
  EXPECT_EQ(CauseOf(kText, "\tabc", "abc"), "white space at the ends");
  EXPECT_EQ(CauseOf(kText, "Abc", "aBC"), "letter case");
  EXPECT_EQ(CauseOf(kText, "abcdef", "abc"), "cut short");
  EXPECT_EQ(CauseOf(114, "{\"a\": 1}", "{\"a\":1}"), "white space");
  EXPECT_THAT(CauseOf(kText, "abc", "abd"), IsEmpty());
  EXPECT_THAT(CauseOf(kText, "", "abc"), IsEmpty());
}

TEST(CauseOf, LettersBeyondAsciiAreLeftAlone) {
  EXPECT_THAT(CauseOf(kText, "\xc3\x84", "\xc3\xa4"), IsEmpty());
}

TEST(CauseOf, JsonbAgainstTextIsOnlyAChangeOfType) {
  EXPECT_EQ(CauseOf(kText, "\1{\"a\": 1}", "{\"a\": 1}"), "same text, one jsonb");
  EXPECT_EQ(CauseOf(3802, "\1{\"a\": \"B\"}", "\1{\"a\": \"b\"}"), "letter case");
}

TEST(CauseOf, NumericsThatDifferInScaleOnlyHaveTrailingZeros) {
  EXPECT_EQ(CauseOf(kNumeric, Numeric(0, 0, 1, {1}), Numeric(0, 0, 2, {1})), "trailing zeros");
  EXPECT_EQ(CauseOf(kNumeric, Numeric(0, 0, 0, {}), Numeric(0, 0, 3, {})), "trailing zeros");
}

TEST(CauseOf, NumericsAreFoundRoundedOrCut) {
  const std::string precise = Numeric(0, 0, 4, {9, 9951});  // 9.9951
  EXPECT_EQ(CauseOf(kNumeric, precise, Numeric(0, 0, 2, {10})), "rounded to 2 decimals");
  EXPECT_EQ(CauseOf(kNumeric, precise, Numeric(0, 0, 2, {9, 9900})), "cut to 2 decimals");
  EXPECT_EQ(CauseOf(kNumeric, precise, Numeric(0, 0, 0, {10})), "rounded to 0 decimals");
  EXPECT_EQ(CauseOf(kNumeric, Numeric(-1, 0, 4, {6}), Numeric(0, 0, 0, {})),
            "rounded to 0 decimals");
  EXPECT_EQ(CauseOf(kNumeric, Numeric(1, 0, 1, {1, 0, 5000}), Numeric(1, 0, 0, {1, 1})),
            "rounded to 0 decimals");
  EXPECT_THAT(CauseOf(kNumeric, precise, Numeric(0, 0, 2, {8})), IsEmpty());
}

TEST(CauseOf, NumericSignsAndSpecialValues) {
  EXPECT_EQ(CauseOf(kNumeric, Numeric(0, 0, 0, {5}), Numeric(0, 0x4000, 0, {5})), "sign");
  EXPECT_THAT(CauseOf(kNumeric, Numeric(0, 0xC000, 0, {}), Numeric(0, 0, 0, {})), IsEmpty());
  EXPECT_THAT(CauseOf(kNumeric, "short", Numeric(0, 0, 0, {})), IsEmpty());
}

TEST(CauseOf, FloatsDifferInSignOfZeroOrInWidth) {
  EXPECT_EQ(CauseOf(kFloat8, Float8(0.0), Float8(-0.0)), "negative zero");
  EXPECT_EQ(CauseOf(kFloat8, Float8(0.1), Float8(static_cast<double>(0.1F))), "rounded to real");
  EXPECT_EQ(CauseOf(kFloat8, Float8(2), Float8(-2)), "sign");
  EXPECT_EQ(CauseOf(kFloat8, Float8(std::nan("1")), Float8(std::nan("2"))), "two forms of NaN");
  EXPECT_THAT(CauseOf(kFloat8, Float8(1), Float8(2)), IsEmpty());
}

TEST(CauseOf, IntegersDifferInSign) {
  EXPECT_EQ(CauseOf(23, Big(int32_t{7}), Big(int32_t{-7})), "sign");
  EXPECT_THAT(CauseOf(20, Big(std::numeric_limits<int64_t>::min()), Big(int64_t{0})), IsEmpty());
}

TEST(CauseOf, TimestampsWholeHoursOrMinutesApartAreTimeZones) {
  constexpr int64_t kMinute = 60'000'000;
  const std::string at = Big(int64_t{123'456'789});
  EXPECT_EQ(CauseOf(kTimestamptz, at, Big(123'456'789 + 120 * kMinute)), "time zone: 2 h apart");
  EXPECT_EQ(CauseOf(kTimestamptz, at, Big(123'456'789 - 60 * kMinute)), "time zone: -1 h apart");
  EXPECT_EQ(CauseOf(kTimestamptz, at, Big(123'456'789 + 330 * kMinute)),
            "time zone: 330 min apart");
  EXPECT_THAT(CauseOf(kTimestamptz, at, Big(123'456'789 + 48 * 60 * kMinute)), IsEmpty());
  EXPECT_THAT(CauseOf(kTimestamptz, at, Big(std::numeric_limits<int64_t>::max())), IsEmpty());
}

TEST(CauseOf, TimesLosePrecision) {
  EXPECT_EQ(CauseOf(kTimestamptz, Big(int64_t{123'456'789}), Big(int64_t{123'457'000})),
            "cut or rounded to milliseconds");
  EXPECT_EQ(CauseOf(1083, Big(int64_t{123'456'789}), Big(int64_t{123'000'000})),
            "cut or rounded to seconds");
}

TEST(CauseOf, TimesOfDayAndDatesAndIntervals) {
  const int64_t hour = 3'600'000'000;
  EXPECT_EQ(CauseOf(1266, Big(10 * hour) + Big(int32_t{-7200}), Big(8 * hour) + Big(int32_t{0})),
            "same time, other time zone");
  EXPECT_EQ(CauseOf(1082, Big(int32_t{100}), Big(int32_t{101})), "one day apart: time zone");
  EXPECT_EQ(CauseOf(1186, Interval(0, 0, 1), Interval(0, 30, 0)), "same length, other units");
  EXPECT_EQ(CauseOf(1186, Interval(-hour, 1, 0), Interval(23 * hour, 0, 0)),
            "same length, other units");
  EXPECT_THAT(CauseOf(1186, Interval(0, 0, 1), Interval(0, 31, 0)), IsEmpty());
}

TEST(CauseOf, BytesAndAddresses) {
  EXPECT_EQ(CauseOf(17, std::string("ab\0", 3), "ab"), "trailing zero bytes");
  EXPECT_EQ(CauseOf(17, "abc", "ab"), "cut short");
  EXPECT_EQ(CauseOf(869, std::string("\2\x20\0\4abcd", 8), std::string("\2\x18\0\4abcd", 8)),
            "netmask");
}

TEST(CauseOf, OfUnknownTypesOnlyPrintableImagesAreGuessedAt) {
  EXPECT_EQ(CauseOf(0, "Open", "open"), "letter case");
  EXPECT_EQ(CauseOf(20'000, "Open", "open"), "letter case");
  EXPECT_THAT(CauseOf(0, "\1A", "\1a"), IsEmpty());
  EXPECT_THAT(CauseOf(600, "Aaaa", "aaaa"), IsEmpty());
}

}  // namespace
}  // namespace regraft::verification
