#include "engine/resolution/world.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::resolution {

std::string Relation::FromSql() const {
  if (planned.empty()) return pg::QuoteQualified(table.name);
  std::string columns;
  for (const auto& [column, value] : planned)
    absl::StrAppend(&columns, ", (", value.empty() ? "NULL" : value, ")::", column.type_sql, " AS ",
                    pg::QuoteIdentifier(column.name));
  return absl::StrCat("(SELECT p.tableoid, p.ctid, p.*", columns, " FROM ",
                      pg::QuoteQualified(table.name), " AS p)");
}

std::string Relation::WithArriving() const {
  if (arriving.empty()) return FromSql();
  std::string columns = "q.tableoid, q.ctid";
  for (const catalog::Column& column : table.columns)
    absl::StrAppend(&columns, ", q.", pg::QuoteIdentifier(column.name));
  return absl::StrCat("(SELECT ", columns, " FROM ", FromSql(), " AS q UNION ALL ",
                      absl::StrJoin(arriving, " UNION ALL "), ")");
}

absl::StatusOr<Relation*> World::Find(const pg::QualifiedName& name) {
  const auto key = std::make_pair(name.schema, name.name);
  if (const auto found = relations_.find(key); found != relations_.end())
    return found->second.get();
  ASSIGN_OR_RETURN(const auto oid, catalog::FindRelation(*connection_, name));
  std::unique_ptr<Relation> relation;
  if (oid.has_value()) {
    relation = std::make_unique<Relation>();
    ASSIGN_OR_RETURN(relation->table, catalog::ReadTable(*connection_, *oid));
  }
  return relations_.emplace(key, std::move(relation)).first->second.get();
}

}  // namespace regraft::resolution
