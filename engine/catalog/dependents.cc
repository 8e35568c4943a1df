#include "engine/catalog/dependents.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/dependent_parts.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace regraft::catalog {
namespace {

constexpr const char* kNamesQuery = R"sql(
SELECT c.oid, n.nspname, c.relname FROM unnest($1::oid[]) WITH ORDINALITY AS asked(oid, position)
JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY asked.position
)sql";

// The extension's view shows texts of others to pg_read_all_stats only, and "<insufficient …>"
// else.
constexpr const char* kStatementsQuery = R"sql(
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass
  AND d.refobjid = e.oid AND d.classid = 'pg_class'::regclass
JOIN pg_class c ON c.oid = d.objid AND c.relname = 'pg_stat_statements'
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE e.extname = 'pg_stat_statements' AND pg_has_role('pg_read_all_stats', 'USAGE')
  AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
)sql";

void Sort(const std::vector<NamedTable>& tables, std::vector<Dependent>* dependents) {
  std::map<uint32_t, size_t> position;
  for (size_t i = 0; i < tables.size(); ++i) position.emplace(tables[i].oid, i);
  const auto key = [&position](const Dependent& dependent) {
    return std::make_tuple(position[dependent.of], dependent.kind, std::cref(dependent.name),
                           std::cref(dependent.detail));
  };
  std::sort(dependents->begin(), dependents->end(),
            [&key](const Dependent& a, const Dependent& b) { return key(a) < key(b); });
}

}  // namespace

std::string_view KindName(DependentKind kind) {
  switch (kind) {
    case DependentKind::kView:
      return "view";
    case DependentKind::kMaterializedView:
      return "materialized view";
    case DependentKind::kFunctionBody:
    case DependentKind::kFunctionText:
      return "function";
    case DependentKind::kForeignKey:
      return "foreign key";
    case DependentKind::kPolicy:
      return "policy";
    case DependentKind::kRule:
      return "rule";
    case DependentKind::kTrigger:
      return "trigger";
    case DependentKind::kPartition:
      return "partition";
    case DependentKind::kChild:
      return "inheriting table";
    case DependentKind::kColumn:
      return "column";
    case DependentKind::kDefault:
      return "default";
    case DependentKind::kPublication:
    case DependentKind::kSchemaPublication:
      return "publication";
    case DependentKind::kSetting:
    case DependentKind::kTextSetting:
      return "setting";
    case DependentKind::kJob:
      return "job";
    case DependentKind::kOther:
      break;
  }
  return "object";
}

std::string_view ClassName(const Dependent& dependent) {
  return dependent.tracked() ? "tracked" : "textual";
}

absl::StatusOr<Dependents> ReadDependents(pg::Connection& connection,
                                          const std::vector<uint32_t>& oids) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(kNamesQuery, {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  std::vector<NamedTable> tables;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const uint32_t oid = cells.Oid();
    tables.push_back({oid, cells.Name()});
  }
  Dependents dependents;
  dependents.unseen.emplace_back(
      "other databases, applications and scripts: nothing in this database tells who names its "
      "tables from outside");
  ASSIGN_OR_RETURN(dependents.seen, ReadTrackedDependents(connection, tables));
  ASSIGN_OR_RETURN(std::vector<Dependent> textual,
                   ReadTextualDependents(connection, tables, &dependents.unseen));
  std::move(textual.begin(), textual.end(), std::back_inserter(dependents.seen));
  Sort(tables, &dependents.seen);
  return dependents;
}

absl::StatusOr<StatementUse> CountStatements(pg::Connection& connection,
                                             const std::vector<pg::QualifiedName>& tables) {
  ASSIGN_OR_RETURN(const pg::Result view, connection.Query(kStatementsQuery, {}));
  StatementUse use;
  use.statements.assign(tables.size(), 0);
  use.readable = view.rows() > 0;
  if (!use.readable) return use;
  ASSIGN_OR_RETURN(
      const pg::Result texts,
      connection.Query(absl::StrCat("SELECT query FROM ", view.Text(0, 0),
                                    " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = "
                                    "current_database())"),
                       {}));
  for (int row = 0; row < texts.rows(); ++row)
    for (const Mention& mention : FindMentions(texts.Value(row, 0), tables, {}))
      ++use.statements[mention.table];
  return use;
}

}  // namespace regraft::catalog
