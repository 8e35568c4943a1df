#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/namespace_names.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// A right of PUBLIC serves whoever reaches the table: PUBLIC, or the roles that may use the schema.
// `breaks` is false for those who only own a table that references this one.
constexpr const char* kUsageQuery = R"sql(
WITH t AS (
  SELECT c.*, n.nspname, n.nspacl, n.nspowner,
         (SELECT oid FROM pg_namespace WHERE nspname = $2) AS new_schema
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid
), holding(role, right_to, breaks) AS (
  SELECT relowner, 'owner', true FROM t
  UNION ALL
  SELECT a.grantee, 'holds ' || a.privilege_type, true FROM t, aclexplode(t.relacl) AS a
  UNION ALL
  SELECT a.grantee, format('holds %s on column %I', a.privilege_type, c.attname), true
  FROM t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped,
       aclexplode(c.attacl) AS a
  UNION ALL
  SELECT r.relowner, format('owns %I.%I, which references it', n.nspname, r.relname), false
  FROM t JOIN pg_constraint k ON k.confrelid = t.oid AND k.contype = 'f'
  JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
), wanting AS (
  SELECT role, right_to, breaks FROM holding
  UNION ALL
  SELECT u.grantee, h.right_to || ' through PUBLIC', true
  FROM holding h, t, aclexplode(coalesce(t.nspacl, acldefault('n', t.nspowner))) AS u
  WHERE h.role = 0 AND u.grantee <> 0 AND u.privilege_type = 'USAGE'
), judged AS (
  SELECT w.*, CASE WHEN w.role = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(w.role)) END AS name,
         CASE WHEN w.role = 0 THEN has_schema_privilege('public', t.relnamespace, 'USAGE')
              ELSE has_schema_privilege(w.role, t.relnamespace, 'USAGE') END AS had,
         coalesce(CASE WHEN w.role = 0 THEN has_schema_privilege('public', t.new_schema, 'USAGE')
                       ELSE has_schema_privilege(w.role, t.new_schema, 'USAGE') END,
                  EXISTS (SELECT FROM pg_roles s WHERE s.oid = w.role AND s.rolsuper)) AS has
  FROM wanting w, t
)
SELECT name, string_agg(DISTINCT right_to, ', ' ORDER BY right_to), bool_or(breaks)
FROM judged WHERE had AND NOT has GROUP BY name ORDER BY name
)sql";

}  // namespace

absl::StatusOr<std::vector<MissingUsage>> ReadSchemaUsage(pg::Connection& connection, uint32_t oid,
                                                          const std::string& schema) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kUsageQuery, {absl::StrCat(oid), schema}));
  std::vector<MissingUsage> missing;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    std::string role = cells.Text(), why = cells.Text();
    const bool breaks = cells.Bool();
    std::string grant = absl::StrCat("GRANT USAGE ON SCHEMA ",
                                     pg::DisplayName({.schema = "", .name = schema}), " TO ", role);
    missing.push_back({std::move(role), std::move(why), breaks, std::move(grant)});
  }
  return missing;
}

}  // namespace regraft::catalog
