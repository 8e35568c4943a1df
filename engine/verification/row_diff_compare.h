// Pairs the rows of one key and says how they differ.
#pragma once

#include "engine/verification/row_diff.h"
#include "engine/verification/row_diff_layout.h"
#include "engine/verification/row_diff_pile.h"

#include <functional>
#include <utility>
#include <vector>

namespace regraft::verification::internal {

// A column's image before and after, for recognising swaps; by the side of RowDifference::columns.
struct ImagePair {
  digest::Digest128 a;
  digest::Digest128 b;
  bool telling = false;  // long enough for an equal pair elsewhere to mean something
};

using DifferenceSink = std::function<void(RowDifference difference, std::vector<ImagePair> images)>;

class RowComparer {
 public:
  RowComparer(const DiffSide& a, const RowLayout& layout, DifferenceSink sink)
      : side_(a), layout_(layout), sink_(std::move(sink)) {}

  // All distinct rows of one key, on whichever side. Adds to `totals` and tells the sink.
  void CompareGroup(const std::vector<const PiledRow*>& group, DiffTotals* totals) const;

 private:
  // Rows that one side has more often than the other, with how often.
  using Surplus = std::vector<std::pair<const PiledRow*, int64_t>>;
  struct Tally;

  RowDifference Describe(RowDifferenceKind kind, const PiledRow* a, const PiledRow* b) const;
  void ReportOneSided(RowDifferenceKind kind, const Surplus& rows, int64_t* total) const;
  void ReportCounts(const Tally& tally, DiffTotals* totals) const;
  void ReportChanged(const PiledRow& a, const PiledRow& b, DiffTotals* totals) const;
  void PairUp(Surplus a, Surplus b, DiffTotals* totals) const;

  const DiffSide& side_;
  const RowLayout& layout_;
  const DifferenceSink sink_;
};

}  // namespace regraft::verification::internal
