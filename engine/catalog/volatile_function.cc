#include "engine/catalog/volatile_function.h"

#include "engine/base/status_macros.h"

namespace regraft::catalog {
namespace {

constexpr const char* kVolatileQuery = R"sql(
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = $2 AND p.provolatile = 'v' AND n.nspname = CASE $1 WHEN '' THEN 'pg_catalog' ELSE $1 END
ORDER BY 1 LIMIT 1
)sql";

}  // namespace

absl::StatusOr<std::string> FindVolatileFunction(pg::Connection& connection,
                                                 const std::vector<pg::QualifiedName>& functions) {
  for (const pg::QualifiedName& function : functions) {
    ASSIGN_OR_RETURN(const pg::Result found,
                     connection.Query(kVolatileQuery, {function.schema, function.name}));
    if (found.rows() > 0) return found.Text(0, 0);
  }
  return "";
}

}  // namespace regraft::catalog
