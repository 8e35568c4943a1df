#include "engine/verification/row_words.h"

#include "engine/verification/show_value.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::verification {

std::string KindWord(RowDifferenceKind kind) {
  switch (kind) {
    case RowDifferenceKind::kOnlyInA:
      return "missing";
    case RowDifferenceKind::kOnlyInB:
      return "extra";
    case RowDifferenceKind::kChanged:
      return "changed";
    case RowDifferenceKind::kCountDiffers:
      return "duplicated";
  }
  return "";
}

std::string KeyWords(const RowDifference& difference, const std::vector<std::string>& columns,
                     const std::vector<size_t>& key) {
  std::vector<std::string> words;
  for (size_t i = 0; i < difference.key.size(); ++i) {
    const size_t column = key.empty() ? i : key[i];
    words.push_back(absl::StrCat(column < columns.size() ? columns[column] : "?", "=",
                                 ShowValue(difference.key[i])));
  }
  return absl::StrJoin(words, ", ");
}

std::string ChangeWords(const RowDifference& difference, const std::vector<std::string>& columns) {
  std::vector<std::string> details;
  for (size_t i = 0; i < difference.columns.size(); ++i) {
    const bool known = i < difference.cause.size() && !difference.cause[i].empty();
    details.push_back(absl::StrCat(
        columns[difference.columns[i]], ": ", ShowValue(difference.value_a[i]), " is now ",
        ShowValue(difference.value_b[i]), known ? " (" + difference.cause[i] + ")" : ""));
  }
  return absl::StrJoin(details, "; ");
}

std::string Sentence(const RowDifference& difference, const std::vector<std::string>& columns,
                     const std::vector<size_t>& key) {
  const std::string detail = ChangeWords(difference, columns);
  return absl::StrCat("row ", KeyWords(difference, columns, key), ": ", KindWord(difference.kind),
                      detail.empty() ? "" : ", " + detail);
}

}  // namespace regraft::verification
