#include "engine/verification/row_diff_report.h"

#include <set>
#include <utility>

namespace regraft::verification::internal {
namespace {

// More rows than a person reads, few enough to be held beside the rows of a round.
constexpr size_t kHeldRowsMax = 1'000;
constexpr size_t kHeldBytesMax = size_t{16} << 20;

size_t BytesOf(const std::vector<std::optional<std::string>>& texts) {
  size_t bytes = 0;
  for (const auto& text : texts) bytes += text.has_value() ? text->size() : 0;
  return bytes;
}

}  // namespace

void DifferenceReporter::Add(RowDifference difference, std::vector<ImagePair> images) {
  if (!wanted_) return;
  if (difference.kind != RowDifferenceKind::kChanged) return Tell(difference);
  held_bytes_ +=
      BytesOf(difference.key) + BytesOf(difference.value_a) + BytesOf(difference.value_b);
  held_.push_back({std::move(difference), std::move(images)});
  if (held_.size() >= kHeldRowsMax || held_bytes_ >= kHeldBytesMax) Flush();
}

void DifferenceReporter::Flush() {
  MarkSwaps();
  for (const Held& held : held_) Tell(held.difference);
  held_.clear();
  held_bytes_ = 0;
}

void DifferenceReporter::MarkSwaps() {
  std::set<Change> changes;
  for (const auto& [difference, images] : held_)
    for (size_t i = 0; i < images.size(); ++i)
      if (images[i].telling) changes.emplace(difference.columns[i], images[i].a, images[i].b);
  for (auto& [difference, images] : held_)
    for (size_t i = 0; i < images.size(); ++i)
      if (difference.cause[i].empty() &&
          changes.contains({difference.columns[i], images[i].b, images[i].a}))
        difference.cause[i] = "swapped between two rows";
}

void DifferenceReporter::Tell(const RowDifference& difference) {
  if (wanted_) wanted_ = report_(difference);
}

}  // namespace regraft::verification::internal
