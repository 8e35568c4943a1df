#include "engine/proof/buckets.h"

#include "engine/base/status_macros.h"
#include "engine/digest/normalize.h"

#include <algorithm>
#include <string>
#include <utility>

namespace regraft::proof {
namespace {

// What one lane adds up, on a cache line of its own.
struct alignas(64) Lane {
  Buckets buckets;
  std::string normalized;
};

}  // namespace

void Buckets::Add(std::string_view fields) {
  const digest::Digest128 row = digest::HashRow(fields);
  digest::SetDigest& sum = sums_[static_cast<size_t>(row.high >> (64 - kBucketBitsMax))];
  sum.sum += row;
  sum.rows += 1;
  sum.bytes += static_cast<int64_t>(fields.size());
}

Buckets& Buckets::operator+=(const Buckets& other) {
  for (size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
  return *this;
}

digest::SetDigest Buckets::Total() const { return Split(0)[0]; }

std::vector<digest::SetDigest> Buckets::Split(int bits) const {
  std::vector<digest::SetDigest> split(size_t{1} << bits);
  const size_t each = sums_.size() / split.size();
  for (size_t i = 0; i < sums_.size(); ++i) split[i / each] += sums_[i];
  return split;
}

int BucketBits(int64_t rows) {
  int bits = 0;
  while (bits < kBucketBitsMax && rows > (kRowsPerBucket << bits)) ++bits;
  return bits;
}

absl::StatusOr<Buckets> ReadBuckets(const verification::DiffSide& side) {
  verification::ScanRequest request = side.scan;
  request.select = side.columns;
  const bool normalizes = digest::NeedsNormalizing(side.shapes);
  std::vector<Lane> lanes(static_cast<size_t>(std::max(1, request.jobs)));
  const auto visit = [&](int number, size_t /*chunk*/, std::string_view fields) {
    Lane& lane = lanes[static_cast<size_t>(number)];
    if (normalizes) {
      lane.normalized.clear();
      RETURN_IF_ERROR(digest::AppendNormalized(fields, side.shapes, &lane.normalized));
      fields = lane.normalized;
    }
    lane.buckets.Add(fields);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(verification::Scan(request, visit));
  Buckets buckets = std::move(lanes[0].buckets);
  for (size_t i = 1; i < lanes.size(); ++i) buckets += lanes[i].buckets;
  return buckets;
}

}  // namespace regraft::proof
