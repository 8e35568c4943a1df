#include "engine/verification/row_diff.h"

#include "engine/base/status_macros.h"
#include "engine/verification/row_diff_buckets.h"
#include "engine/verification/row_diff_compare.h"
#include "engine/verification/row_diff_layout.h"
#include "engine/verification/row_diff_pile.h"
#include "engine/verification/row_diff_report.h"
#include "engine/verification/scan_snapshot.h"

#include <utility>

namespace regraft::verification {
namespace {

using internal::RowLayout;

// Every pass over a side must see the same rows: one snapshot, held until the last of them.
absl::StatusOr<std::optional<ExportedSnapshot>> HoldSnapshot(DiffSide* side) {
  std::optional<ExportedSnapshot> held;
  if (side->scan.snapshot.empty() && side->scan.session == nullptr) {
    ASSIGN_OR_RETURN(held, ExportedSnapshot::Export(side->scan.connect));
    side->scan.snapshot = held->id();
  }
  return held;
}

int64_t CountRows(const internal::BucketSums& sums) {
  int64_t rows = 0;
  for (const digest::SetDigest& sum : sums) rows += sum.rows;
  return rows;
}

void CompareRows(const internal::RowPile& pile, const internal::RowComparer& comparer,
                 DiffTotals* totals) {
  std::vector<const internal::PiledRow*> group;
  for (const internal::PiledRow* row : pile.SortedByKey()) {
    if (!group.empty() && group.front()->key() != row->key()) {
      comparer.CompareGroup(group, totals);
      group.clear();
    }
    group.push_back(row);
  }
  if (!group.empty()) comparer.CompareGroup(group, totals);
}

absl::StatusOr<DiffTotals> Compare(const DiffSide& a, const DiffSide& b, const DiffOptions& options,
                                   internal::DifferenceReporter* reporter) {
  ASSIGN_OR_RETURN(const RowLayout layout, RowLayout::Make(a, b, options));
  ASSIGN_OR_RETURN(const internal::BucketSums sums_a, SumBuckets(a, layout));
  ASSIGN_OR_RETURN(const internal::BucketSums sums_b, SumBuckets(b, layout));
  DiffTotals totals{.rows_a = CountRows(sums_a), .rows_b = CountRows(sums_b)};
  const internal::Rounds rounds = internal::PlanRounds(sums_a, sums_b, options.memory_bytes_max);
  const internal::RowComparer comparer(a, layout, [reporter](auto difference, auto images) {
    reporter->Add(std::move(difference), std::move(images));
  });
  for (int32_t round = 0; round < rounds.count; ++round) {
    internal::RowPile pile(layout, rounds, round);
    RETURN_IF_ERROR(pile.Fill(internal::Side::kA, a, sums_a));
    RETURN_IF_ERROR(pile.Fill(internal::Side::kB, b, sums_b));
    CompareRows(pile, comparer, &totals);
  }
  return totals;
}

}  // namespace

absl::StatusOr<DiffTotals> DiffRows(const DiffSide& a, const DiffSide& b,
                                    const DiffOptions& options,
                                    const std::function<bool(const RowDifference&)>& report) {
  DiffSide side_a = a;
  DiffSide side_b = b;
  ASSIGN_OR_RETURN(const auto snapshot_a, HoldSnapshot(&side_a));
  ASSIGN_OR_RETURN(const auto snapshot_b, HoldSnapshot(&side_b));
  internal::DifferenceReporter reporter(report);
  auto totals = Compare(side_a, side_b, options, &reporter);
  if (totals.ok()) reporter.Flush();
  return totals;
}

}  // namespace regraft::verification
