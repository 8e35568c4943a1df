#include "engine/analysis/encode.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"

#include "absl/strings/str_cat.h"

namespace regraft::analysis {
namespace {

// The first of the OIDs that are not PostgreSQL's own.
constexpr uint32_t kFirstUserOid = 16384;

// A cast to a type with a length, precision or scale cuts or rounds without a word. Tried by the
// server, which alone knows what a character is in its encoding.
absl::Status CheckFits(pg::Connection& target, const catalog::Column& column,
                       const std::string& value) {
  const int32_t typmod = column.type.is_domain ? column.type.base_typmod : column.typmod;
  if (typmod < 0 || column.type.base_oid >= kFirstUserOid) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const pg::Result plain,
      target.Execute(absl::StrCat("SELECT format_type(", column.type.base_oid, ", -1)")));
  const std::string unlimited = "::" + plain.Text(0, 0);
  ASSIGN_OR_RETURN(const pg::Result equal,
                   target.Execute(absl::StrCat("SELECT ", TypedLiteral(value, column), unlimited,
                                               " = ", Literal(value), unlimited)));
  if (equal.Bool(0, 0)) return absl::OkStatus();
  return BadPlan(absl::StrCat("the value \"", value, "\" is too long or too precise for column \"",
                              column.name, "\" (", column.type_sql, ")"));
}

}  // namespace

std::string TypedLiteral(const std::optional<std::string>& value, const catalog::Column& column) {
  return absl::StrCat(value.has_value() ? Literal(*value) : "NULL", "::", column.type_sql);
}

absl::StatusOr<std::string> EncodeLiteral(pg::Connection& target, const catalog::Column& column,
                                          const std::optional<std::string>& value, bool as_text) {
  std::string sql = TypedLiteral(value, column);
  if (as_text) sql = OutputText(sql, column.type.is_xml);
  const auto result = target.QueryBinary(absl::StrCat("SELECT ", sql), {});
  if (!result.ok())
    return BadPlan(Annotate(result.status(), absl::StrCat("the value \"", value.value_or("NULL"),
                                                          "\" for column \"", column.name, "\""))
                       .message());
  if (value.has_value()) RETURN_IF_ERROR(CheckFits(target, column, *value));
  std::string framed;
  copy_format::AppendField(
      &framed, result->IsNull(0, 0) ? std::nullopt : std::optional(result->Value(0, 0)));
  return framed;
}

absl::StatusOr<bool> Accepts(pg::Connection& connection, const std::string& query) {
  RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_accepts"));
  const bool accepted = connection.Run(query).ok();
  RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT regraft_accepts"));
  return accepted;
}

// An operator named `=` is not enough: that of box compares areas, that of path counts points.
// DISTINCT asks for the equality that the type itself means.
absl::StatusOr<std::string> HoldsLiteral(pg::Connection& target, const catalog::Column& column,
                                         const std::string& value) {
  const std::string field = SourceColumn(column.name);
  const std::string literal = TypedLiteral(value, column);
  ASSIGN_OR_RETURN(const bool comparable,
                   Accepts(target, absl::StrCat("SELECT DISTINCT a = a, a FROM (SELECT ", literal,
                                                " AS a) AS one")));
  if (comparable) return absl::StrCat(field, " = ", literal);
  return absl::StrCat("(", OutputText(field, column.type.is_xml), ") COLLATE \"C\" = (",
                      OutputText(literal, column.type.is_xml), ")");
}

}  // namespace regraft::analysis
