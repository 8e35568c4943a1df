#include "engine/catalog/planned_column.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/catalog/type.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// Its OID if `type` is a domain, else 0: an answer is described by the domain's base type.
absl::StatusOr<uint32_t> DomainOid(pg::Connection& connection, const std::string& type) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query("SELECT oid FROM pg_type WHERE oid = to_regtype($1) AND typtype = 'd'",
                       {type}));
  return found.rows() == 0 ? 0 : static_cast<uint32_t>(found.Int64(0, 0));
}

}  // namespace

absl::StatusOr<Column> PlanColumn(pg::Connection& connection, const std::string& name,
                                  const std::string& type) {
  RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_column"));
  // Only the description of the answer knows a type's length, precision or scale.
  const auto described = connection.Query(absl::StrCat("SELECT NULL::", type), {});
  RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT regraft_column"));
  if (!described.ok())
    return BadPlan(absl::StrCat("type \"", type, "\": ", described.status().message()));
  Column column;
  column.name = name;
  ASSIGN_OR_RETURN(const uint32_t domain, DomainOid(connection, type));
  column.typmod = domain != 0 ? -1 : described->type_modifier(0);
  const uint32_t oid = domain != 0 ? domain : described->type_oid(0);
  ASSIGN_OR_RETURN(const auto types, ReadTypes(connection, 0, oid));
  if (const auto found = types.find(oid); found != types.end()) column.type = found->second;
  ASSIGN_OR_RETURN(
      const pg::Result text,
      connection.Query(
          "SELECT format_type($1, $2), (SELECT typcollation FROM pg_type WHERE oid = $1)",
          {absl::StrCat(oid), absl::StrCat(column.typmod)}));
  column.type_sql = text.Text(0, 0);
  column.collation = static_cast<uint32_t>(text.Int64(0, 1));
  return column;
}

}  // namespace regraft::catalog
