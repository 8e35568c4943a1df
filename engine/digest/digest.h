// What regraft means by "the same rows": a digest that does not depend on row order, sees
// duplicates, and adds up over chunks, lanes and tables. Version 1; see docs/verification.md.
//
//   row digest = XXH3-128 of the row's framed fields, (length, bytes)*, in column order
//   set digest = sum of row digests mod 2^128, with the number of rows and of bytes
//
// It detects accidents, not adversaries.
#pragma once

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace regraft::digest {

struct Digest128 {
  uint64_t high = 0;
  uint64_t low = 0;

  Digest128& operator+=(const Digest128& other);
  Digest128& operator-=(const Digest128& other);
  friend bool operator==(const Digest128&, const Digest128&) = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>
  friend auto operator<=>(const Digest128&, const Digest128&) = default;

  [[nodiscard]] std::string Hex() const;  // 32 digits, big-endian (canonical)
  static absl::StatusOr<Digest128> FromHex(std::string_view hex);
};

// `fields`: the framed fields of one row, without the field count.
Digest128 HashRow(std::string_view fields);

struct SetDigest {
  Digest128 sum;
  int64_t rows = 0;
  int64_t bytes = 0;  // of framed fields

  void Add(std::string_view fields) {
    sum += HashRow(fields);
    rows += 1;
    bytes += static_cast<int64_t>(fields.size());
  }
  SetDigest& operator+=(const SetDigest& other);
  friend bool operator==(const SetDigest&, const SetDigest&) = default;
};

}  // namespace regraft::digest
