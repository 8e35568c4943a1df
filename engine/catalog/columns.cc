#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"
#include "engine/catalog/type.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// An expression uses a sequence if the catalog records that it depends on one (nextval of a
// constant), or names the function (nextval of a computed name). A default refers to no column and
// is written without the relation: with it, the server lists all columns for each, n^2 strings for
// n defaults.
constexpr const char* kColumnsQuery = R"sql(
SELECT a.attnum, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attgenerated, a.attidentity, a.attcollation,
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
       expression.sql,
       expression.sql ~ '\mnextval\(' OR EXISTS (
         SELECT FROM pg_depend p JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
         WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
           AND p.refclassid = 'pg_class'::regclass)
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (SELECT pg_get_expr(d.adbin, CASE a.attgenerated WHEN '' THEN 0
                                                ELSE d.adrelid END)) AS expression(sql)
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
)sql";

Column ReadColumn(Cells cells, const std::map<uint32_t, Type>& types) {
  Column column;
  column.attnum = cells.Int16();
  column.name = cells.Text();
  if (const auto type = types.find(cells.Oid()); type != types.end()) column.type = type->second;
  column.typmod = cells.Int32();
  column.type_sql = cells.Text();
  column.not_null = cells.Bool();
  column.generated = cells.Char();
  column.identity = cells.Char();
  column.collation = cells.Oid();
  column.collation_sql = cells.Text();
  (column.generated == '\0' ? column.default_sql : column.generated_sql) = cells.Text();
  column.default_uses_sequence = cells.Bool() && column.generated == '\0';
  return column;
}

}  // namespace

absl::StatusOr<std::vector<Column>> ReadColumns(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const auto types, ReadTypes(connection, oid));
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kColumnsQuery, {absl::StrCat(oid)}));
  std::vector<Column> columns;
  for (int row = 0; row < result.rows(); ++row) {
    columns.push_back(ReadColumn(Cells(result, row), types));
    if (columns.back().type.oid == 0)
      return absl::AbortedError(absl::StrCat("column ", columns.back().name,
                                             " changed its type while the catalog was read"));
  }
  return columns;
}

}  // namespace regraft::catalog
