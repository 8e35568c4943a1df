#include "engine/digest/digest.h"

#include "engine/base/status_macros.h"
#include "engine/digest/xxh3.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <charconv>

namespace regraft::digest {
namespace {

constexpr size_t kHexDigits = 32;

bool ParseHalf(std::string_view digits, uint64_t* half) {
  const char* const end = digits.data() + digits.size();
  const auto [behind, error] = std::from_chars(digits.data(), end, *half, 16);
  return error == std::errc() && behind == end;
}

}  // namespace

Digest128& Digest128::operator+=(const Digest128& other) {
  const uint64_t addend = other.low;  // `other` may be *this
  low += addend;
  high += other.high + (low < addend ? 1 : 0);
  return *this;
}

Digest128& Digest128::operator-=(const Digest128& other) {
  high -= other.high + (low < other.low ? 1 : 0);
  low -= other.low;
  return *this;
}

std::string Digest128::Hex() const { return absl::StrFormat("%016x%016x", high, low); }

absl::StatusOr<Digest128> Digest128::FromHex(std::string_view hex) {
  Digest128 digest;
  if (hex.size() != kHexDigits || !ParseHalf(hex.substr(0, kHexDigits / 2), &digest.high) ||
      !ParseHalf(hex.substr(kHexDigits / 2), &digest.low)) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a digest of 32 hexadecimal digits: '", AsAbsl(hex), "'"));
  }
  return digest;
}

Digest128 HashRow(std::string_view fields) {
  const XXH128_hash_t hash = XXH3_128bits(fields.data(), fields.size());
  return {.high = hash.high64, .low = hash.low64};
}

SetDigest& SetDigest::operator+=(const SetDigest& other) {
  sum += other.sum;
  rows += other.rows;
  bytes += other.bytes;
  return *this;
}

}  // namespace regraft::digest
