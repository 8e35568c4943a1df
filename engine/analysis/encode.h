// Literals of the plan in the form that COPY IN takes, as the target's server encodes them.
#pragma once

#include "engine/catalog/column.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <optional>
#include <string>

namespace regraft::analysis {

// `value` as a framed field of `column`'s type: binary, or its output text when `as_text`. nullopt
// is NULL. Errors: what the server says of a literal that is not valid; BadPlan for one that the
// type's length, precision or scale would change.
absl::StatusOr<std::string> EncodeLiteral(pg::Connection& target, const catalog::Column& column,
                                          const std::optional<std::string>& value, bool as_text);

// SQL of the literal: 'value'::type.
std::string TypedLiteral(const std::optional<std::string>& value, const catalog::Column& column);

// SQL over s, the target: true for the rows whose `column` holds `value`. By the type's own
// equality, or by the value's text where the type has none (json, xml, point).
absl::StatusOr<std::string> HoldsLiteral(pg::Connection& target, const catalog::Column& column,
                                         const std::string& value);

// True if the server accepts the query. REQUIRES: a transaction; the query has no effect on it.
absl::StatusOr<bool> Accepts(pg::Connection& connection, const std::string& query);

}  // namespace regraft::analysis
