#include "engine/analysis/nearest.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"

#include <string_view>
#include <vector>

namespace regraft::analysis {

std::string DidYouMean(const std::string& word, const catalog::Table& table) {
  std::vector<std::string_view> names;
  names.reserve(table.columns.size());
  for (const catalog::Column& column : table.columns) names.push_back(column.name);
  const std::string_view nearest = plan::NearestWord(word, names);
  return nearest.empty() ? "" : absl::StrCat("; did you mean \"", AsAbsl(nearest), "\"?");
}

}  // namespace regraft::analysis
