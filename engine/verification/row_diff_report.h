// Hands differences to the caller, a bounded number of changed rows late: only together do they
// show that values were swapped between rows.
#pragma once

#include "engine/verification/row_diff.h"
#include "engine/verification/row_diff_compare.h"

#include <functional>
#include <map>
#include <tuple>
#include <vector>

namespace regraft::verification::internal {

class DifferenceReporter {
 public:
  explicit DifferenceReporter(const std::function<bool(const RowDifference&)>& report)
      : report_(report) {}

  void Add(RowDifference difference, std::vector<ImagePair> images);
  // Looks for swaps among the rows held back and reports them. Call it at the end.
  void Flush();

 private:
  struct Held {
    RowDifference difference;
    std::vector<ImagePair> images;
  };
  using Change = std::tuple<size_t, digest::Digest128, digest::Digest128>;  // column, from, to

  void MarkSwaps();
  void Tell(const RowDifference& difference);

  const std::function<bool(const RowDifference&)>& report_;
  bool wanted_ = true;
  std::vector<Held> held_;
  size_t held_bytes_ = 0;
};

}  // namespace regraft::verification::internal
