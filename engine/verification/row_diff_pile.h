// The second pass of the diff: the distinct rows of one round's buckets, with how often each side
// has them. Filled by the lanes of one scan after the other, then read by one thread.
#pragma once

#include "engine/verification/row_diff_buckets.h"
#include "engine/verification/row_diff_layout.h"

#include "absl/status/status.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace regraft::verification::internal {

enum class Side { kA = 0, kB = 1 };

struct PiledRow {
  std::string images;
  size_t key_bytes = 0;
  std::string texts;                  // framed: `text_count` texts, then the label if there are any
  std::array<int64_t, 2> count = {};  // by side
  std::array<std::string, 2> label;   // of the first such row on each side

  [[nodiscard]] std::string_view key() const {
    return std::string_view{images}.substr(0, key_bytes);
  }
};

class RowPile {
 public:
  RowPile(const RowLayout& layout, const Rounds& rounds, int32_t round)
      : layout_(layout), rounds_(rounds), round_(round) {}

  // Scans a side and keeps its rows of this round. `sums` are those of the first pass: an error
  // says so when the second does not read the same rows, which only a volatile condition can bring
  // about.
  absl::Status Fill(Side side, const DiffSide& source, const BucketSums& sums);

  // All rows, those of equal key next to each other, in the order of their bytes. Valid until the
  // next Fill.
  [[nodiscard]] std::vector<const PiledRow*> SortedByKey() const;

 private:
  struct HashDigest {
    size_t operator()(const digest::Digest128& digest) const { return digest.low; }
  };

  void Keep(Side side, const RowReader& row);
  absl::Status CheckSums(const DiffSide& source, const BucketSums& sums,
                         const digest::SetDigest& read) const;

  const RowLayout& layout_;
  const Rounds& rounds_;
  const int32_t round_;
  std::mutex mutex_;
  // 128 bits identify a row as well as they identify a bucket.
  std::unordered_map<digest::Digest128, PiledRow, HashDigest> rows_;
};

}  // namespace regraft::verification::internal
