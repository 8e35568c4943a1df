#include "engine/analysis/nearest.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace regraft::analysis {
namespace {

// Levenshtein distance.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string DidYouMean(const std::string& word, const catalog::Table& table) {
  const catalog::Column* nearest = nullptr;
  size_t best = std::max<size_t>(2, word.size() / 3) + 1;
  for (const catalog::Column& column : table.columns) {
    const size_t distance = Distance(word, column.name);
    if (distance < best) {
      best = distance;
      nearest = &column;
    }
  }
  return nearest == nullptr ? "" : absl::StrCat("; did you mean \"", nearest->name, "\"?");
}

}  // namespace regraft::analysis
