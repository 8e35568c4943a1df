#include "engine/analysis/column_reading.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

namespace regraft::analysis {
namespace {

// Columns of views may have these; only each value knows what it consists of, so nobody can say
// beforehand that it has a binary form, or where that form carries OIDs.
constexpr uint32_t kAnyArray = 2277;
constexpr uint32_t kRecord = 2249;

bool KnownOnlyByValue(const catalog::Type& type) {
  return type.base_oid == kAnyArray || type.base_oid == kRecord;
}

std::string Reference(const catalog::Column& column) {
  return absl::StrCat("s.", pg::QuoteIdentifier(column.name));
}

absl::Status RefuseNestedXml(const catalog::Column& column) {
  return BadPlan(absl::StrCat(
      "column ", pg::QuoteIdentifier(column.name), " of type ", column.type_sql,
      " holds xml inside another type: reading it in any form rewrites the documents' encoding "
      "declarations; leave the column out, or make it a plain xml or text column first"));
}

}  // namespace

// A cast of xml to text gives the stored document, its output function rewrites the encoding
// declaration. For the rest it is the other way round: casts are user-defined and not always there,
// and that of char(n) strips its padding; the output function always is. num_nulls, because
// `IS NULL` is true for ROW(NULL), which is a value.
std::string OutputText(const std::string& expression, bool is_xml) {
  if (is_xml) return absl::StrCat("(", expression, ")::pg_catalog.text");
  return absl::StrCat("CASE WHEN pg_catalog.num_nulls(", expression,
                      ") = 0 THEN pg_catalog.format('%s', ", expression, ") END");
}

std::string TextExpression(const catalog::Column& column) {
  return OutputText(Reference(column), column.type.is_xml);
}

absl::StatusOr<ColumnReading> ReadColumn(const catalog::Column& column, bool portable) {
  const catalog::Type& type = column.type;
  if (type.contains_xml && !type.is_xml) return RefuseNestedXml(column);
  const bool binary = type.binary_io && !type.is_xml && !KnownOnlyByValue(type);
  if (!binary || (portable && type.contains_object_oid))
    return ColumnReading{.expression = TextExpression(column), .shape = {}, .as_text = true};
  return ColumnReading{.expression = Reference(column), .shape = type.shape, .as_text = false};
}

}  // namespace regraft::analysis
