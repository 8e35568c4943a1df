#include "engine/analysis/encode.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/analysis/sql.h"
#include "engine/analysis/type_pair.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"

namespace regraft::analysis {
namespace {

// A cast of a literal to varchar(n) or char(n) cuts it without a word.
bool WouldBeCut(const catalog::Column& column, const std::string& value) {
  const int32_t typmod = column.type.is_domain ? column.type.base_typmod : column.typmod;
  if ((column.type.base_oid != 1043 && column.type.base_oid != 1042) || typmod < 4) return false;
  const auto characters = std::count_if(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // UTF-8: not a continuation byte
  });
  return characters > typmod - 4;
}

}  // namespace

std::string TypedLiteral(const std::optional<std::string>& value, const catalog::Column& column) {
  return absl::StrCat(value.has_value() ? Literal(*value) : "NULL", "::", column.type_sql);
}

absl::StatusOr<std::string> EncodeLiteral(pg::Connection& target, const catalog::Column& column,
                                          const std::optional<std::string>& value, bool as_text) {
  if (value.has_value() && WouldBeCut(column, *value))
    return BadPlan(absl::StrCat("the value \"", *value, "\" is too long for column \"", column.name, "\" (",
                                column.type_sql, ")"));
  std::string sql = TypedLiteral(value, column);
  if (as_text) sql = OutputText(sql, column.type.is_xml);
  const auto result = target.QueryBinary(absl::StrCat("SELECT ", sql), {});
  if (!result.ok())
    return BadPlan(Annotate(result.status(), absl::StrCat("the value \"", value.value_or("NULL"),
                                                          "\" for column \"", column.name, "\""))
                       .message());
  std::string framed;
  copy_format::AppendField(&framed, result->IsNull(0, 0) ? std::nullopt : std::optional(result->Value(0, 0)));
  return framed;
}

absl::StatusOr<bool> HasEquality(pg::Connection& target, const catalog::Column& column) {
  const std::string null = absl::StrCat("NULL::", column.type_sql);
  RETURN_IF_ERROR(target.Run("SAVEPOINT regraft_equality"));
  const bool has = target.Run(absl::StrCat("SELECT ", null, " = ", null)).ok();
  RETURN_IF_ERROR(target.Run("ROLLBACK TO SAVEPOINT regraft_equality"));
  return has;
}

}  // namespace regraft::analysis
