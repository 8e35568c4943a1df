#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// The bound of a partition that is itself the relation refuses rows like a CHECK does. Constraints
// can be NOT ENFORCED since 18, hence the way round by JSON.
constexpr const char* kChecksQuery = R"sql(
SELECT conname, pg_get_expr(conbin, conrelid), convalidated
FROM pg_constraint c
WHERE conrelid = $1::oid AND contype = 'c'
  AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
UNION ALL
SELECT 'partition bound', pg_get_partition_constraintdef(oid), true
FROM pg_class
WHERE oid = $1::oid AND relispartition AND pg_get_partition_constraintdef(oid) IS NOT NULL
ORDER BY 1
)sql";

// One row for each pair of columns. Left out: the copies that the server keeps for each partition
// of the *referenced* table (their parent constraint is on the same relation), and those that
// partitions inherit. What only a partition has comes with its name in front.
constexpr const char* kForeignKeysQuery = R"sql(
SELECT c.oid, CASE WHEN c.conrelid = $1::oid THEN '' ELSE t.relname || '.' END || c.conname,
       n.nspname, r.relname, c.confmatchtype, c.condeferrable, c.convalidated,
       a.attname, ra.attname, format('OPERATOR(%I.%s)', eqn.nspname, eq.oprname)
FROM (SELECT $1::oid UNION SELECT relid::oid FROM pg_partition_tree($1::oid::regclass)) AS tree(oid)
JOIN pg_constraint c ON c.conrelid = tree.oid AND c.contype = 'f'
LEFT JOIN pg_constraint parent ON parent.oid = c.conparentid
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_class r ON r.oid = c.confrelid
JOIN pg_namespace n ON n.oid = r.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey, c.conpfeqop) WITH ORDINALITY
  AS pair(own, referenced, equals, position)
JOIN pg_operator eq ON eq.oid = pair.equals
JOIN pg_namespace eqn ON eqn.oid = eq.oprnamespace
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.own
JOIN pg_attribute ra ON ra.attrelid = c.confrelid AND ra.attnum = pair.referenced
WHERE coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
  AND CASE WHEN c.conrelid = $1::oid THEN parent.conrelid IS DISTINCT FROM c.conrelid
           ELSE c.conparentid = 0 END
ORDER BY c.conrelid <> $1::oid, t.relname, c.conname, c.oid, pair.position
)sql";

ForeignKey ReadForeignKey(Cells* cells) {
  ForeignKey key;
  key.name = cells->Text();
  key.referenced = cells->Name();
  key.match_type = cells->Char();
  key.deferrable = cells->Bool();
  key.validated = cells->Bool();
  return key;
}

}  // namespace

absl::StatusOr<std::vector<Check>> ReadChecks(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kChecksQuery, {absl::StrCat(oid)}));
  std::vector<Check> checks;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    checks.push_back(
        {.name = cells.Text(), .expression_sql = cells.Text(), .validated = cells.Bool()});
  }
  return checks;
}

absl::StatusOr<std::vector<ForeignKey>> ReadForeignKeys(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kForeignKeysQuery, {absl::StrCat(oid)}));
  std::vector<ForeignKey> keys;
  uint32_t last_oid = 0;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const uint32_t constraint = cells.Oid();
    ForeignKey key = ReadForeignKey(&cells);
    if (constraint != last_oid) keys.push_back(std::move(key));
    keys.back().columns.push_back(cells.Text());
    keys.back().referenced_columns.push_back(cells.Text());
    keys.back().equals.push_back(cells.Text());
    last_oid = constraint;
  }
  return keys;
}

}  // namespace regraft::catalog
