// Executes what a resolved plan says, as anybody could with psql, and describes a database.
#pragma once

#include "tests/resolution/resolving.h"

#include <string>
#include <vector>

namespace regraft::resolution {

class Executing : public Resolving {
 protected:
  // Each action in one transaction, but for what PostgreSQL runs outside of one only.
  void Execute(const saved_plan::SavedPlan& plan) {
    for (const auto& preparation : plan.preparations) Execute(preparation.statements);
    for (const auto& action : plan.actions) Execute(action.statements);
  }
  void Undo(const saved_plan::SavedPlan& plan) {
    for (auto each = plan.actions.rbegin(); each != plan.actions.rend(); ++each)
      Undo(each->statements);
    for (auto each = plan.preparations.rbegin(); each != plan.preparations.rend(); ++each)
      Undo(each->statements);
  }
  void Execute(const std::vector<saved_plan::Statement>& statements) {
    const bool at_once =
        std::none_of(statements.begin(), statements.end(), [](const auto& statement) {
          return statement.sql.find(" CONCURRENTLY ") != std::string::npos;
        });
    if (at_once) database_.Sql("BEGIN");
    for (const auto& statement : statements)
      EXPECT_TRUE(database_.Sql(statement.sql)) << statement.sql;
    if (at_once) database_.Sql("COMMIT");
  }
  void Undo(const std::vector<saved_plan::Statement>& statements) {
    for (auto each = statements.rbegin(); each != statements.rend(); ++each)
      EXPECT_TRUE(each->undo.empty() || database_.Sql(each->undo)) << each->undo;
  }

  // Everything with a name, and what hangs on it: the tables by OID, so that another table of the
  // same form is another one.
  std::vector<std::vector<std::string>> Catalog() {
    return database_.Rows(R"sql(
      WITH of AS (SELECT oid, nspname FROM pg_namespace
                  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
      SELECT 'schema', nspname, '', '' FROM of
      UNION ALL
      SELECT c.relkind::text, nspname || '.' || relname, pg_get_userbyid(relowner),
             concat_ws('|', CASE WHEN relkind IN ('r', 'p') THEN c.oid END, relacl,
                       obj_description(c.oid, 'pg_class'),
                       CASE WHEN relkind IN ('i', 'I') THEN pg_get_indexdef(c.oid) END,
                       CASE WHEN relkind = 'v' THEN pg_get_viewdef(c.oid) END)
      FROM pg_class c JOIN of ON of.oid = relnamespace
      UNION ALL
      SELECT 'column', attrelid::regclass || '.' || attname, attnum::text,
             concat_ws('|', format_type(atttypid, atttypmod), attnotnull,
                       pg_get_expr(adbin, adrelid), attacl)
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN of ON of.oid = relnamespace
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(k.oid)
      FROM pg_constraint k JOIN of ON of.oid = connamespace
      UNION ALL
      SELECT 'statistics', nspname || '.' || stxname, stxrelid::regclass::text,
             pg_get_statisticsobjdef(s.oid)
      FROM pg_statistic_ext s JOIN of ON of.oid = stxnamespace
      UNION ALL
      SELECT 'type', nspname || '.' || typname, typtype::text, ''
      FROM pg_type t JOIN of ON of.oid = typnamespace WHERE typelem = 0
      ORDER BY 1, 2, 3, 4
    )sql");
  }

  // The names of all that hangs on `table`, and where it stands.
  std::vector<std::vector<std::string>> NamesOf(const std::string& table) {
    return database_.Rows("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = '" +
                          table +
                          "'::regclass UNION ALL SELECT objid::regclass::text FROM pg_depend d "
                          "JOIN pg_class c ON c.oid = objid AND relkind = 'S' WHERE refobjid = '" +
                          table +
                          "'::regclass UNION ALL SELECT stxnamespace::regnamespace || '.' || "
                          "stxname FROM pg_statistic_ext WHERE stxrelid = '" +
                          table + "'::regclass ORDER BY 1");
  }
};

}  // namespace regraft::resolution
