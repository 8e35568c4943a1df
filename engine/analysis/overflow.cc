#include "engine/analysis/overflow.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/sql.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::analysis {
namespace {

// reg* types print a name that may be ambiguous or gone; their number is exact within the database.
std::string ValueText(const catalog::Column& column, bool portable) {
  const std::string field = SourceColumn(column.name);
  if (!portable && column.type.contains_object_oid &&
      column.type.shape.kind == copy_format::TypeShape::Kind::kPlain)
    return absl::StrCat(field, "::oid::text");
  return OutputText(field, column.type.is_xml);
}

}  // namespace

std::string OverflowForward(const std::vector<const catalog::Column*>& columns, bool null_if_empty,
                            bool portable) {
  std::vector<std::string> names, values;
  for (const catalog::Column* column : columns) {
    names.push_back(Literal(column->name));
    values.push_back(ValueText(*column, portable));
  }
  // Two arrays, because jsonb_build_object ends at 50 pairs. The values are all strings, so
  // strip_nulls can only take away the absent columns.
  const std::string object =
      absl::StrCat("jsonb_strip_nulls(jsonb_object(ARRAY[", absl::StrJoin(names, ","),
                   "]::text[], ARRAY[", absl::StrJoin(values, ","), "]::text[]))");
  return null_if_empty ? absl::StrCat("nullif(", object, ", '{}')") : object;
}

std::string OverflowText(const std::string& overflow_column, const catalog::Column& column) {
  return absl::StrCat("(", SourceColumn(overflow_column), "->>", Literal(column.name), ")");
}

std::string OverflowInverse(const std::string& overflow_column, const catalog::Column& column) {
  const std::string text = OverflowText(overflow_column, column);
  if (column.type.contains_object_oid &&
      column.type.shape.kind == copy_format::TypeShape::Kind::kPlain)
    return absl::StrCat(text, "::oid::", column.type_sql);
  return absl::StrCat(text, "::", column.type_sql);
}

}  // namespace regraft::analysis
