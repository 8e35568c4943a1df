#include "engine/analysis/row_key.h"

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

}  // namespace regraft::analysis
