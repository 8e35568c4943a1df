#include "engine/resolution/world.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::resolution {
namespace {

constexpr const char* kReadable = R"sql(
SELECT CASE WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE') THEN 1
            WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 2
            WHEN row_security_active(c.oid) THEN 3 ELSE 0 END,
       quote_ident(current_user), quote_ident(n.nspname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1
)sql";

absl::Status CheckRights(pg::Connection* connection, Relation* relation) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection->Query(kReadable, {absl::StrCat(relation->table.oid)}));
  const std::string role = found.Text(0, 1), schema = found.Text(0, 2);
  switch (found.Int64(0, 0)) {
    case 1:
      relation->unreadable = absl::StrCat("role ", role, " has no USAGE on schema ", schema);
      relation->remedy = absl::StrCat("GRANT USAGE ON SCHEMA ", schema, " TO ", role);
      break;
    case 2:
      relation->unreadable = absl::StrCat("role ", role, " has no SELECT on it");
      relation->remedy =
          absl::StrCat("GRANT SELECT ON ", pg::QuoteQualified(relation->table.name), " TO ", role);
      break;
    case 3:
      relation->unreadable = absl::StrCat("row security hides rows of it from role ", role);
      relation->remedy = "plan as its owner, or as a role with BYPASSRLS";
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

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
    RETURN_IF_ERROR(CheckRights(connection_, relation.get()));
  }
  return relations_.emplace(key, std::move(relation)).first->second.get();
}

}  // namespace regraft::resolution
