#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// One row for each column, those of the key first. Of the partitions below only what can refuse a
// row and is not a part of an index above. An index that is not ready (left by a failed CREATE
// INDEX CONCURRENTLY) checks nothing. indnullsnotdistinct exists since 15, hence the way round by
// JSON. A collation other than the key's own (100 is the default's) decides what is equal, so it
// belongs to the key.
constexpr const char* kIndexesQuery = R"sql(
SELECT i.indexrelid,
       CASE WHEN i.indrelid = $1::oid THEN '' ELSE t.relname || '.' END || c.relname,
       i.indisunique, i.indisprimary, i.indimmediate,
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), i.indisexclusion,
       i.indrelid <> $1::oid, pg_get_expr(i.indpred, i.indrelid), pg_get_indexdef(i.indexrelid),
       CASE WHEN i.indcollation[key.position - 1] IN (0, coalesce(a.attcollation, 100))
            THEN pg_get_indexdef(i.indexrelid, key.position, true)
            ELSE format('(%s COLLATE %s)', pg_get_indexdef(i.indexrelid, key.position, true),
                        i.indcollation[key.position - 1]::regcollation) END, a.attname,
       (SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
        FROM pg_opclass oc JOIN pg_amop am
          ON am.amopfamily = oc.opcfamily AND am.amoplefttype = oc.opcintype
             AND am.amoprighttype = oc.opcintype AND am.amopstrategy = 3  -- btree's equality
        JOIN pg_operator o ON o.oid = am.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE oc.oid = i.indclass[key.position - 1]
          AND oc.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')),
       key.position > i.indnkeyatts
FROM (SELECT $1::oid UNION SELECT relid::oid FROM pg_partition_tree($1::oid::regclass)) AS tree(oid)
JOIN pg_index i ON i.indrelid = tree.oid
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
CROSS JOIN LATERAL generate_series(1, i.indnatts) AS key(position)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[key.position - 1]
                        AND a.attnum <> 0
WHERE i.indisready
  AND (i.indrelid = $1::oid OR ((i.indisunique OR i.indisexclusion) AND NOT c.relispartition))
ORDER BY i.indrelid <> $1::oid, t.relname, c.relname, i.indexrelid, key.position
)sql";

Index ReadIndex(Cells* cells) {
  Index index;
  index.oid = cells->Oid();
  index.name = cells->Text();
  index.unique = cells->Bool();
  index.primary = cells->Bool();
  index.immediate = cells->Bool();
  index.nulls_not_distinct = cells->Bool();
  index.has_exclusion = cells->Bool();
  index.of_partition = cells->Bool();
  index.predicate_sql = cells->Text();
  index.definition = cells->Text();
  return index;
}

void AddColumn(Cells cells, Index* index) {
  std::string sql = cells.Text(), name = cells.Text(), equals = cells.Text();
  if (cells.Bool()) {
    index->included_columns.push_back(std::move(name));
    return;
  }
  index->key_sql.push_back(std::move(sql));
  index->key_columns.push_back(std::move(name));
  index->key_equals.push_back(std::move(equals));
}

}  // namespace

absl::StatusOr<std::vector<Index>> ReadIndexes(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kIndexesQuery, {absl::StrCat(oid)}));
  std::vector<Index> indexes;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    Index index = ReadIndex(&cells);
    if (indexes.empty() || indexes.back().oid != index.oid) indexes.push_back(std::move(index));
    AddColumn(cells, &indexes.back());
  }
  return indexes;
}

}  // namespace regraft::catalog
