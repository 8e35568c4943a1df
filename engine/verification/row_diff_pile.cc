#include "engine/verification/row_diff_pile.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::verification::internal {
namespace {

struct alignas(64) Lane {  // a cache line of its own: every row writes to it
  Lane(const DiffSide& side, const RowLayout& layout) : reader(side, layout) {}

  RowReader reader;
  digest::SetDigest kept;
};

}  // namespace

absl::Status RowPile::Fill(Side side, const DiffSide& source, const BucketSums& sums) {
  ScanRequest request = source.scan;
  request.select = SelectImagesAndTexts(source, layout_);
  std::vector<Lane> lanes;
  for (int lane = 0; lane < std::max(1, request.jobs); ++lane) lanes.emplace_back(source, layout_);
  RETURN_IF_ERROR(Scan(request, [&](int lane_number, size_t /*chunk*/, std::string_view fields) {
    Lane& lane = lanes[static_cast<size_t>(lane_number)];
    RETURN_IF_ERROR(lane.reader.Read(fields));
    if (rounds_.of_bucket[BucketOf(lane.reader.KeyDigest())] != round_) return absl::OkStatus();
    lane.kept.Add(lane.reader.images());
    Keep(side, lane.reader);
    return absl::OkStatus();
  }));
  digest::SetDigest read;
  for (const Lane& lane : lanes) read += lane.kept;
  return CheckSums(source, sums, read);
}

void RowPile::Keep(Side side, const RowReader& row) {
  const digest::Digest128 identity = digest::HashRow(row.images());
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = rows_.try_emplace(identity);
  PiledRow& kept = found->second;
  if (is_new) {
    kept.images = row.images();
    kept.key_bytes = row.key().size();
    kept.texts = row.texts();
  }
  const auto index = static_cast<size_t>(side);
  if (kept.count[index]++ > 0 || !layout_.labels) return;
  kept.label[index] = SplitFields(row.texts()).back().value_or("");
}

absl::Status RowPile::CheckSums(const DiffSide& source, const BucketSums& sums,
                                const digest::SetDigest& read) const {
  digest::SetDigest expected;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket)
    if (rounds_.of_bucket[bucket] == round_) expected += sums[bucket];
  if (read == expected) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat(source.scan.connect.role, ": two reads of one snapshot gave different rows (",
                   expected.rows, " and ", read.rows, "): a condition or expression is volatile"));
}

std::vector<const PiledRow*> RowPile::SortedByKey() const {
  std::vector<const PiledRow*> sorted;
  sorted.reserve(rows_.size());
  for (const auto& [identity, row] : rows_) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(), [](const PiledRow* left, const PiledRow* right) {
    return std::pair(left->key(), std::string_view{left->images}) <
           std::pair(right->key(), std::string_view{right->images});
  });
  return sorted;
}

}  // namespace regraft::verification::internal
