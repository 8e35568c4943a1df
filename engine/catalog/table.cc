#include "engine/catalog/table.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

constexpr const char* kRelationQuery = R"sql(
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, pg_get_userbyid(c.relowner),
       c.relrowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = $1::oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
)sql";

absl::StatusOr<Table> ReadRelation(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kRelationQuery, {absl::StrCat(oid)}));
  if (result.rows() == 0)
    return absl::NotFoundError(absl::StrCat("no table or view with OID ", oid, " exists any more"));
  Cells cells(result, 0);
  Table table;
  table.oid = cells.Oid();
  table.name = cells.Name();
  table.relkind = cells.Char();
  table.persistence = cells.Char();
  table.owner = cells.Text();
  table.row_security = cells.Bool();
  return table;
}

absl::Status ReadParts(pg::Connection& connection, Table* table) {
  ASSIGN_OR_RETURN(table->columns, ReadColumns(connection, table->oid));
  RETURN_IF_ERROR(ReadLeaves(connection, table));
  ASSIGN_OR_RETURN(table->indexes, ReadIndexes(connection, table->oid));
  ASSIGN_OR_RETURN(table->checks, ReadChecks(connection, table->oid));
  ASSIGN_OR_RETURN(table->foreign_keys, ReadForeignKeys(connection, table->oid));
  ASSIGN_OR_RETURN(table->triggers, ReadTriggers(connection, table->oid));
  ASSIGN_OR_RETURN(table->rules, ReadRules(connection, table->oid));
  return absl::OkStatus();
}

}  // namespace

const Column* Table::FindColumn(std::string_view column) const {
  for (const Column& candidate : columns)
    if (candidate.name == column) return &candidate;
  return nullptr;
}

int64_t Table::total_bytes() const {
  int64_t bytes = 0;
  for (const Leaf& leaf : leaves) bytes += leaf.heap_bytes + leaf.toast_bytes;
  return bytes;
}

absl::StatusOr<Table> ReadTable(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(Table table, ReadRelation(connection, oid));
  const absl::Status status = ReadParts(connection, &table);
  if (!status.ok())
    return Annotate(status, absl::StrCat("while reading ", pg::DisplayName(table.name)));
  return table;
}

}  // namespace regraft::catalog
