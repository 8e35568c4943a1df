#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::plan {
namespace {

// Insertions, deletions, changes and swaps of neighbours that make `b` of `a`.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, last(b.size() + 1), now(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({change, last[j] + 1, now[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

// Nobody mistypes a word of this length; and the distance takes the square of it.
constexpr size_t kTypedMax = 100;

}  // namespace

std::string_view NearestWord(std::string_view typed, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  size_t best = std::string_view::npos;
  if (typed.size() > kTypedMax) return nearest;
  for (const std::string_view word : known) {
    const size_t distance = Distance(typed, word);
    if (distance > std::max<size_t>(2, typed.size() / 3) || distance >= best) continue;
    best = distance;
    nearest = word;
  }
  return nearest;
}

std::string SuggestWord(std::string_view typed, const std::vector<std::string_view>& known) {
  const std::string_view nearest = NearestWord(typed, known);
  if (!nearest.empty()) return absl::StrCat("; did you mean \"", std::string(nearest), "\"?");
  const auto quote = [](std::string* out, std::string_view word) {
    absl::StrAppend(out, "\"", std::string(word), "\"");
  };
  return absl::StrCat("; known are ", absl::StrJoin(known, ", ", quote));
}

}  // namespace regraft::plan
