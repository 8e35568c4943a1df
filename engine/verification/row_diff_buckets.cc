#include "engine/verification/row_diff_buckets.h"

#include "engine/base/status_macros.h"

#include <algorithm>
#include <utility>

namespace regraft::verification::internal {
namespace {

// What a kept row takes beside its images: their texts are about as long again and half, and the
// entry in the table has a fixed size. Rounds only have to be of the right order of magnitude.
constexpr int64_t kBytesPerImageByte = 3;
constexpr int64_t kBytesPerRow = 256;

struct alignas(64) Lane {  // a cache line of its own: every row writes to it
  Lane(const DiffSide& side, const RowLayout& layout) : reader(side, layout), sums(kBuckets) {}

  RowReader reader;
  BucketSums sums;
};

int64_t MemoryOf(const digest::SetDigest& sum) {
  return sum.bytes * kBytesPerImageByte + sum.rows * kBytesPerRow;
}

}  // namespace

absl::StatusOr<BucketSums> SumBuckets(const DiffSide& side, const RowLayout& layout) {
  ScanRequest request = side.scan;
  request.select = SelectImages(side, layout);
  std::vector<Lane> lanes;
  for (int lane = 0; lane < std::max(1, request.jobs); ++lane) lanes.emplace_back(side, layout);
  RETURN_IF_ERROR(Scan(request, [&](int lane_number, size_t /*chunk*/, std::string_view fields) {
    Lane& lane = lanes[static_cast<size_t>(lane_number)];
    RETURN_IF_ERROR(lane.reader.Read(fields));
    lane.sums[BucketOf(lane.reader.KeyDigest())].Add(lane.reader.images());
    return absl::OkStatus();
  }));
  BucketSums total = std::move(lanes[0].sums);
  for (size_t lane = 1; lane < lanes.size(); ++lane)
    for (size_t bucket = 0; bucket < kBuckets; ++bucket) total[bucket] += lanes[lane].sums[bucket];
  return total;
}

Rounds PlanRounds(const BucketSums& a, const BucketSums& b, int64_t memory_bytes_max) {
  Rounds rounds{.of_bucket = std::vector<int32_t>(kBuckets, kEqual)};
  int64_t memory = memory_bytes_max;  // the first differing bucket opens the first round
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (a[bucket] == b[bucket]) continue;
    const int64_t needed = MemoryOf(a[bucket]) + MemoryOf(b[bucket]);
    if (rounds.count == 0 || memory + needed > memory_bytes_max) {
      ++rounds.count;
      memory = 0;
    }
    memory += needed;
    rounds.of_bucket[bucket] = rounds.count - 1;
  }
  return rounds;
}

}  // namespace regraft::verification::internal
