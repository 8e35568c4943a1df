#include "engine/catalog/names_now.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::catalog {

absl::StatusOr<std::map<uint32_t, pg::QualifiedName>> NamesNow(pg::Connection& connection,
                                                               const std::vector<uint32_t>& oids) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query("SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON "
                       "n.oid = c.relnamespace WHERE c.oid = ANY ($1::oid[])",
                       {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  std::map<uint32_t, pg::QualifiedName> names;
  for (int row = 0; row < found.rows(); ++row)
    names[static_cast<uint32_t>(found.Int64(row, 0))] = {found.Text(row, 1), found.Text(row, 2)};
  return names;
}

}  // namespace regraft::catalog
