#include "engine/verification/compare.h"

#include "absl/strings/str_cat.h"

#include <map>

namespace regraft::verification {
namespace {

struct Expected {
  std::vector<int64_t> chunks;
  digest::SetDigest source, written;
};

// What differs between expected and found sets, empty if nothing.
std::string Disagreement(const Expected& expected, const RowSums& found) {
  if (expected.written.rows != found.written.rows)
    return absl::StrCat(expected.written.rows, " rows were written, ", found.written.rows,
                        " are there");
  const bool source_equal = expected.source == found.source;
  if (expected.written == found.written && source_equal) return "";
  return absl::StrCat("the ", found.written.rows, " rows are not the ones that were written (",
                      source_equal ? "the source's columns are intact, others differ"
                                   : "the source's columns cannot be rebuilt from them",
                      ")");
}

}  // namespace

Comparison CompareByChunk(const std::vector<ledger::DoneChunk>& done, const ReadBack& read_back) {
  std::map<uint32_t, Expected> expected;  // one transaction usually wrote one chunk
  for (const ledger::DoneChunk& chunk : done) {
    Expected& group = expected[chunk.xmin()];
    group.chunks.push_back(chunk.number);
    group.source += chunk.source;
    group.written += chunk.written;
  }
  Comparison comparison;
  for (const auto& [xmin, group] : expected) {
    const auto found = read_back.mine.find(xmin);
    const std::string what =
        Disagreement(group, found == read_back.mine.end() ? RowSums{} : found->second);
    if (what.empty()) {
      comparison.chunks_verified += static_cast<int64_t>(group.chunks.size());
    } else {
      for (const int64_t chunk : group.chunks) comparison.findings.push_back({chunk, what});
    }
  }
  for (const auto& [xmin, sums] : read_back.mine)
    if (!expected.contains(xmin))
      comparison.findings.push_back(
          {std::nullopt,
           absl::StrCat(sums.written.rows, " rows were changed or added by transaction ", xmin,
                        ", which is not one of the copy's")});
  return comparison;
}

Comparison CompareAsWhole(const std::vector<ledger::DoneChunk>& done, const ReadBack& read_back) {
  Expected all;
  for (const ledger::DoneChunk& chunk : done) {
    all.source += chunk.source;
    all.written += chunk.written;
  }
  Comparison comparison;
  const std::string what = Disagreement(all, read_back.Total());
  if (what.empty()) {
    comparison.chunks_verified = static_cast<int64_t>(done.size());
  } else {
    comparison.findings.push_back({std::nullopt, what});
  }
  return comparison;
}

}  // namespace regraft::verification
