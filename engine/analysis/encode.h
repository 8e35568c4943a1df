// Literals of the plan in the form that COPY IN takes, as the target's server encodes them.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/catalog/column.h"
#include "engine/pg/connection.h"

namespace regraft::analysis {

// `value` as a framed field of `column`'s type: binary, or its output text when `as_text`. nullopt is NULL.
// Errors: what the server says of a literal that is not valid; BadPlan for one that would be cut.
absl::StatusOr<std::string> EncodeLiteral(pg::Connection& target, const catalog::Column& column,
                                          const std::optional<std::string>& value, bool as_text);

// SQL of the literal: 'value'::type.
std::string TypedLiteral(const std::optional<std::string>& value, const catalog::Column& column);

// True if the column's type has an equality operator.
absl::StatusOr<bool> HasEquality(pg::Connection& target, const catalog::Column& column);

}  // namespace regraft::analysis
