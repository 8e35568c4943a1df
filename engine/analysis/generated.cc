#include "engine/analysis/generated.h"

#include "engine/pg/identifier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::analysis {

std::string GeneratedForward(const catalog::Column& generated, const catalog::Table& target,
                             const std::vector<std::pair<std::string, std::string>>& forward) {
  std::vector<std::string> row;
  for (const catalog::Column& column : target.columns) {
    if (column.generated != '\0') continue;
    const std::string name = pg::QuoteIdentifier(column.name);
    const auto given = std::find_if(forward.begin(), forward.end(),
                                    [&](const auto& one) { return one.first == column.name; });
    std::string value = "NULL";
    if (given != forward.end())
      value = given->second;
    else if (absl::StrContains(generated.generated_sql, column.name))
      value = absl::StrCat("(", column.default_sql.empty() ? "NULL" : column.default_sql,
                           ")::", column.type_sql);
    // Every column has a value here: a name that is missing would be taken for one of s.
    row.push_back(absl::StrCat(value, " AS ", name));
  }
  return absl::StrCat("(SELECT ", generated.generated_sql, " FROM (SELECT ",
                      absl::StrJoin(row, ", "), ") AS regraft_row)");
}

}  // namespace regraft::analysis
