#include "engine/analysis/row_key.h"

#include "engine/analysis/sql.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::analysis {

std::vector<size_t> KeyOf(const catalog::Table& table) {
  std::vector<size_t> key;
  bool primary = false;
  for (const catalog::Index& index : table.indexes) {
    if (!index.unique || !index.predicate_sql.empty() || primary ||
        (!key.empty() && !index.primary))
      continue;
    std::vector<size_t> candidate;
    for (const std::string& name : index.key_columns) {
      const catalog::Column* column = table.FindColumn(name);
      if (column == nullptr || !column->not_null) break;
      candidate.push_back(static_cast<size_t>(column - table.columns.data()));
    }
    if (candidate.size() != index.key_columns.size()) continue;
    key = candidate;
    primary = index.primary;
  }
  return key;
}

std::string KeyText(const catalog::Table& table) {
  std::vector<std::string> parts;
  for (const size_t i : KeyOf(table))
    parts.push_back(absl::StrCat("format('%s', ", SourceColumn(table.columns[i].name), ")"));
  return parts.empty() ? "'ctid ' || s.ctid::text"
                       : absl::StrCat("concat_ws(', ', ", absl::StrJoin(parts, ", "), ")");
}

}  // namespace regraft::analysis
