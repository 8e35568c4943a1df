#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/table_parts.h"

#include "absl/strings/str_cat.h"

namespace regraft::catalog {
namespace {

// Users' triggers: not internal – or, before 15, internal because cloned for a partition, which a
// foreign key's triggers are too. Of the partitions below: their own, and clones that are enabled
// differently from what they are cloned from. tgtype's bits: 1 row, 2 before, 4 insert,
// 16 update.
constexpr const char* kTriggersQuery = R"sql(
SELECT CASE WHEN t.tgrelid = $1::oid THEN '' ELSE c.relname || '.' END || t.tgname,
       t.tgenabled, t.tgtype & 1 <> 0, t.tgtype & 2 <> 0, t.tgtype & 4 <> 0,
       t.tgtype & 16 <> 0, quote_ident(n.nspname) || '.' || quote_ident(p.proname)
FROM (SELECT $1::oid UNION SELECT relid::oid FROM pg_partition_tree($1::oid::regclass)) AS tree(oid)
JOIN pg_trigger t ON t.tgrelid = tree.oid
LEFT JOIN pg_trigger parent ON parent.oid = t.tgparentid
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE (NOT t.tgisinternal OR (t.tgparentid <> 0 AND NOT EXISTS (
         SELECT FROM pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype = 'f')))
  AND (t.tgrelid = $1::oid OR t.tgparentid = 0 OR t.tgenabled <> parent.tgenabled)
ORDER BY t.tgrelid <> $1::oid, c.relname, t.tgname
)sql";

// ev_type 3 is INSERT. Rules of partitions never apply to rows that come through the parent.
constexpr const char* kRulesQuery = R"sql(
SELECT rulename, ev_enabled, ev_type = '3' FROM pg_rewrite
WHERE ev_class = $1::oid AND rulename <> '_RETURN' ORDER BY rulename
)sql";

}  // namespace

absl::StatusOr<std::vector<Trigger>> ReadTriggers(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kTriggersQuery, {absl::StrCat(oid)}));
  std::vector<Trigger> triggers;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    triggers.push_back({.name = cells.Text(),
                        .enabled = cells.Char(),
                        .row = cells.Bool(),
                        .before = cells.Bool(),
                        .on_insert = cells.Bool(),
                        .on_update = cells.Bool(),
                        .function = cells.Text()});
  }
  return triggers;
}

absl::StatusOr<std::vector<Rule>> ReadRules(pg::Connection& connection, uint32_t oid) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.QueryPrepared(kRulesQuery, {absl::StrCat(oid)}));
  std::vector<Rule> rules;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    rules.push_back({.name = cells.Text(), .enabled = cells.Char(), .on_insert = cells.Bool()});
  }
  return rules;
}

}  // namespace regraft::catalog
