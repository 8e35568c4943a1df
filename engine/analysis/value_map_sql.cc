#include "engine/analysis/value_map_sql.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/encode.h"
#include "engine/analysis/sql.h"

#include "absl/strings/str_cat.h"

#include <optional>

namespace regraft::analysis {

std::string MapForward(const plan::ValueMap& map, const std::string& text,
                       const catalog::Column& target) {
  std::string sql =
      absl::StrCat("CASE WHEN (", text, ") IS NULL THEN ", TypedLiteral(map.when_null, target));
  for (const auto& [key, value] : map.pairs)
    absl::StrAppend(&sql, " WHEN (", text, ") COLLATE \"C\" = ", Literal(key), " THEN ",
                    TypedLiteral(value, target));
  if (map.otherwise.has_value())
    absl::StrAppend(&sql, " ELSE ", TypedLiteral(map.otherwise, target));
  return sql + " END";
}

std::string MapInverseText(const plan::ValueMap& map, const catalog::Column& target) {
  const auto text = [&](const std::optional<std::string>& value) {
    return absl::StrCat("(", OutputText(TypedLiteral(value, target), target.type.is_xml), ")");
  };
  const std::string field = OutputText(SourceColumn(map.target), target.type.is_xml);
  std::string sql = "CASE";
  for (const auto& [key, value] : map.pairs)
    absl::StrAppend(&sql, " WHEN (", field, ") COLLATE \"C\" IS NOT DISTINCT FROM ", text(value),
                    " THEN ", Literal(key));
  return sql + " END";
}

}  // namespace regraft::analysis
