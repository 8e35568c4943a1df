// The digest of a multiset of rows, split by the leading bits of each row's digest: independent of
// where the rows lie, and it tells in which part of them a difference is.
#pragma once

#include "engine/digest/digest.h"
#include "engine/verification/row_diff.h"

#include "absl/status/statusor.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace regraft::proof {

// Trade-off: 256 buckets of about 10,000 rows make a receipt of some 15 kB for any table, and lead
// to 1/256 of a large one.
inline constexpr int kBucketBitsMax = 8;
inline constexpr int64_t kRowsPerBucket = 10'000;

class Buckets {
 public:
  Buckets() : sums_(size_t{1} << kBucketBitsMax) {}

  void Add(std::string_view fields);
  Buckets& operator+=(const Buckets& other);

  [[nodiscard]] digest::SetDigest Total() const;
  // 2^bits sums, the first of rows whose digest begins with `bits` zeros.
  [[nodiscard]] std::vector<digest::SetDigest> Split(int bits) const;

 private:
  std::vector<digest::SetDigest> sums_;
};

// How many bits give buckets of about kRowsPerBucket rows.
int BucketBits(int64_t rows);

// One scan of the side's columns.
absl::StatusOr<Buckets> ReadBuckets(const verification::DiffSide& side);

}  // namespace regraft::proof
