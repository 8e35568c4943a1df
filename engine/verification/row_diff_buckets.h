// The first pass of the diff: what each bucket of rows adds up to, on each side; and which buckets
// the second pass reads in which round.
#pragma once

#include "engine/digest/digest.h"
#include "engine/verification/row_diff_layout.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <vector>

namespace regraft::verification::internal {

// Trade-off: more buckets leave fewer equal rows around a different one to be kept in the second
// pass; at 65,536 one lane's sums take 2 MB, and 3 million rows leave 46.
inline constexpr size_t kBuckets = size_t{1} << 16;

inline size_t BucketOf(const digest::Digest128& key) {
  return static_cast<size_t>(key.low & (kBuckets - 1));
}

using BucketSums = std::vector<digest::SetDigest>;  // kBuckets of them

absl::StatusOr<BucketSums> SumBuckets(const DiffSide& side, const RowLayout& layout);

inline constexpr int32_t kEqual = -1;

struct Rounds {
  std::vector<int32_t> of_bucket;  // its round, or kEqual
  int32_t count = 0;
};

// Deals the differing buckets into rounds of about `memory_bytes_max`; a bucket is never split.
Rounds PlanRounds(const BucketSums& a, const BucketSums& b, int64_t memory_bytes_max);

}  // namespace regraft::verification::internal
