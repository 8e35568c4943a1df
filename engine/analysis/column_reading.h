// How a column's values leave the server: the SQL expression, and the form of the bytes that come
// back. The one rule for copying, digesting and comparing, so that all of them mean the same value.
#pragma once

#include "engine/catalog/column.h"
#include "engine/copy_format/type_shape.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::analysis {

struct ColumnReading {
  std::string expression;  // over the alias s
  copy_format::TypeShape shape;
  // The bytes are the value's text, for want of a binary form that means the same.
  bool as_text = false;
};

// `portable`: the value must mean the same in another database, so what names an object by its OID
// (regclass …) is read as text; otherwise it is read as it is stored. Errors: kBadPlan naming the
// column for xml inside another type, whose text and binary forms both rewrite the document.
absl::StatusOr<ColumnReading> ReadColumn(const catalog::Column& column, bool portable);

// SQL for the text that the output function gives for a value; NULL stays NULL. For xml the stored
// document. The one spelling of it, so that equal readings are found equal and read once.
std::string OutputText(const std::string& expression, bool is_xml);

// The column's text: for people, and for types without binary form.
std::string TextExpression(const catalog::Column& column);

}  // namespace regraft::analysis
