#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// What holds the rows, then the old-style children at all levels. pg_partition_tree() gives nothing
// for a relation that is neither partitioned nor a partition. The size is that of the file now:
// relpages is as old as the last VACUUM. The access method goes by its name: another name on heap's
// own code is read as a whole, which is right, only slower.
constexpr const char* kLeavesQuery = R"sql(
WITH RECURSIVE child(oid) AS (
  SELECT i.inhrelid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = $1::oid AND NOT c.relispartition
  UNION
  SELECT i.inhrelid FROM child JOIN pg_inherits i ON i.inhparent = child.oid
), holder(oid, is_child) AS (
  SELECT oid, false FROM pg_class WHERE oid = $1::oid AND relkind <> 'p'
  UNION
  SELECT relid::oid, false FROM pg_partition_tree($1::oid::regclass) WHERE isleaf
  UNION ALL
  SELECT oid, true FROM child
)
SELECT h.is_child, c.oid, n.nspname, c.relname, c.relkind,
       c.relkind IN ('r', 'm') AND coalesce(am.amname = 'heap', false),
       main.bytes / current_setting('block_size')::bigint, main.bytes, toast.bytes
FROM holder h JOIN pg_class c USING (oid)
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am am ON am.oid = c.relam
CROSS JOIN LATERAL (SELECT CASE WHEN c.relkind IN ('r', 'm')
                                THEN pg_relation_size(c.oid, 'main') ELSE 0 END) AS main(bytes)
CROSS JOIN LATERAL (SELECT CASE WHEN c.reltoastrelid <> 0
                                THEN pg_relation_size(c.reltoastrelid, 'main') END) AS toast(bytes)
ORDER BY n.nspname, c.relname
)sql";

Leaf ReadLeaf(Cells* cells) {
  Leaf leaf;
  leaf.oid = cells->Oid();
  leaf.name = cells->Name();
  leaf.relkind = cells->Char();
  leaf.has_ctid = cells->Bool();
  leaf.blocks = cells->Int64();
  leaf.heap_bytes = cells->Int64();
  leaf.toast_bytes = cells->Int64();
  return leaf;
}

}  // namespace

absl::Status ReadLeaves(pg::Connection& connection, Table* table) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kLeavesQuery, {absl::StrCat(table->oid)}));
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const bool is_child = cells.Bool();
    (is_child ? table->inheritance_children : table->leaves).push_back(ReadLeaf(&cells));
  }
  // A partitioned table without partitions is read itself: whoever reads nothing proves nothing.
  if (table->leaves.empty())
    table->leaves.push_back(
        {.oid = table->oid, .name = table->name, .relkind = table->relkind, .has_ctid = false});
  return absl::OkStatus();
}

}  // namespace regraft::catalog
