#include "engine/base/bytes.h"
#include "engine/verification/cause_parts.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>

namespace regraft::verification::internal {
namespace {

constexpr uint16_t kNegative = 0x4000;
constexpr int kDigitsPerGroup = 4;

// numeric := ndigits(int16) weight(int16) sign(int16) dscale(int16) digit(int16)*ndigits
// value = sum of digit[i] * 10000^(weight - i); dscale is what is shown behind the point.
struct Decimal {
  bool negative = false;
  int scale = 0;
  int point = 0;       // digits before the decimal point
  std::string digits;  // decimal, no zeros at either end
};

void StripZeros(Decimal* number) {
  const size_t leading = std::min(number->digits.find_first_not_of('0'), number->digits.size());
  number->digits.erase(0, leading);
  number->point -= static_cast<int>(leading);
  number->digits.erase(number->digits.find_last_not_of('0') + 1);
  if (number->digits.empty()) number->point = 0;
}

std::optional<Decimal> ParseNumeric(std::string_view image) {
  constexpr size_t kHeadBytes = 8;
  if (image.size() < kHeadBytes) return std::nullopt;
  const auto groups = LoadBig<uint16_t>(image.data());
  const auto sign = LoadBig<uint16_t>(image.data() + 4);
  if ((sign != 0 && sign != kNegative) || image.size() != kHeadBytes + 2 * size_t{groups})
    return std::nullopt;  // NaN and the infinities have no digits
  Decimal number;
  number.negative = sign == kNegative;
  number.scale = LoadBig<int16_t>(image.data() + 6);
  number.point = (LoadBig<int16_t>(image.data() + 2) + 1) * kDigitsPerGroup;
  for (size_t i = 0; i < groups; ++i) {
    const std::string group = std::to_string(LoadBig<uint16_t>(image.data() + kHeadBytes + 2 * i));
    if (group.size() > kDigitsPerGroup) return std::nullopt;
    number.digits.append(kDigitsPerGroup - group.size(), '0').append(group);
  }
  StripZeros(&number);
  return number;
}

bool SameMagnitude(const Decimal& a, const Decimal& b) {
  return a.digits == b.digits && a.point == b.point;
}

// `number` with `scale` decimals, half away from zero as PostgreSQL rounds, or cut.
Decimal Shortened(Decimal number, int scale, bool round) {
  const int keep = number.point + scale;
  if (keep >= static_cast<int>(number.digits.size())) return number;
  const bool up = round && keep >= 0 && number.digits[static_cast<size_t>(keep)] >= '5';
  number.digits.resize(static_cast<size_t>(std::max(keep, 0)));
  if (up) {
    number.digits.insert(0, 1, '0');
    number.point += 1;
    size_t at = number.digits.size() - 1;
    while (number.digits[at] == '9') number.digits[at--] = '0';
    ++number.digits[at];
  }
  StripZeros(&number);
  return number;
}

template <typename Float, typename Bits>
std::optional<double> LoadFloat(std::string_view image) {
  if (image.size() != sizeof(Bits)) return std::nullopt;
  return static_cast<double>(std::bit_cast<Float>(LoadBig<Bits>(image.data())));
}

std::optional<double> ParseFloat(std::string_view image) {
  const auto narrow = LoadFloat<float, uint32_t>(image);
  return narrow.has_value() ? narrow : LoadFloat<double, uint64_t>(image);
}

std::optional<int64_t> ParseInteger(std::string_view image) {
  switch (image.size()) {
    case 2:
      return LoadBig<int16_t>(image.data());
    case 4:
      return LoadBig<int32_t>(image.data());
    case 8:
      return LoadBig<int64_t>(image.data());
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string NumericCause(std::string_view a, std::string_view b) {
  const auto left = ParseNumeric(a);
  const auto right = ParseNumeric(b);
  if (!left.has_value() || !right.has_value()) return "";
  if (left->negative != right->negative) return SameMagnitude(*left, *right) ? "sign" : "";
  if (SameMagnitude(*left, *right)) return "trailing zeros";
  const Decimal& longer = left->scale > right->scale ? *left : *right;
  const Decimal& shorter = left->scale > right->scale ? *right : *left;
  if (longer.scale == shorter.scale) return "";
  for (const bool round : {true, false})
    if (SameMagnitude(Shortened(longer, shorter.scale, round), shorter))
      return absl::StrCat(round ? "rounded to " : "cut to ", shorter.scale, " decimals");
  return "";
}

std::string FloatCause(std::string_view a, std::string_view b) {
  const auto left = ParseFloat(a);
  const auto right = ParseFloat(b);
  if (!left.has_value() || !right.has_value()) return "";
  if (std::isnan(*left) && std::isnan(*right)) return "two forms of NaN";
  if (*left == 0 && *right == 0) return "negative zero";
  if (*left == -*right) return "sign";
  const auto narrowed = [](double value) { return static_cast<double>(static_cast<float>(value)); };
  return narrowed(*left) == *right || narrowed(*right) == *left ? "rounded to real" : "";
}

std::string IntegerCause(std::string_view a, std::string_view b) {
  const auto left = ParseInteger(a);
  const auto right = ParseInteger(b);
  if (!left.has_value() || !right.has_value()) return "";
  int64_t negated = 0;
  return !__builtin_sub_overflow(int64_t{0}, *right, &negated) && *left == negated ? "sign" : "";
}

}  // namespace regraft::verification::internal
