#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"
#include "engine/catalog/dependent_parts.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <map>

namespace regraft::catalog {
namespace {

// `reach`: the tables, and views above them with the views that they stand on. Views stand for
// their _RETURN rules. The sequences that a table owns count as the table.
constexpr const char* kReach = R"sql(
WITH RECURSIVE touched AS (
  SELECT oid, relnamespace, relkind, relpersistence, reltype FROM pg_class WHERE oid = ANY ($1::oid[])
), reach(root, id, via) AS (
  SELECT oid, oid, NULL::oid FROM touched
  UNION
  SELECT reach.root, r.ev_class, CASE WHEN reach.id <> reach.root THEN reach.id END
  FROM reach
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reach.id
    AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> reach.id AND r.rulename = '_RETURN'
), holder(root, id, via) AS (
  SELECT DISTINCT root, id, CASE WHEN id <> root THEN id END FROM reach
  UNION ALL
  SELECT t.oid, s.objid, NULL FROM touched t
  JOIN pg_depend s ON s.refclassid = 'pg_class'::regclass AND s.refobjid = t.oid
    AND s.classid = 'pg_class'::regclass AND s.deptype IN ('a', 'i')
  JOIN pg_class q ON q.oid = s.objid AND q.relkind = 'S'
), shown(oid, name) AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
)
)sql";

constexpr const char* kViews = R"sql(
SELECT reach.root, c.relkind::text, s.name, CASE WHEN bool_and(reach.via IS NOT NULL)
         THEN 'through ' || string_agg(v.name, ', ' ORDER BY v.name) END
FROM reach JOIN pg_class c ON c.oid = reach.id AND reach.id <> reach.root
JOIN shown s ON s.oid = c.oid LEFT JOIN shown v ON v.oid = reach.via
GROUP BY reach.root, c.relkind, s.name
)sql";

// Everything that depends on a table, a sequence of it or a view above it and is part of another
// object: what it belongs to is told by pg_identify_object() or by the object's own catalog.
constexpr const char* kOthers = R"sql(
SELECT DISTINCT h.root,
  CASE WHEN p.oid IS NOT NULL THEN 'body' WHEN po.oid IS NOT NULL THEN 'policy'
       WHEN r.oid IS NOT NULL THEN 'rule' WHEN tr.oid IS NOT NULL THEN 'trigger'
       WHEN ad.oid IS NOT NULL THEN 'default' ELSE 'other' END,
  coalesce(quote_ident(coalesce(po.polname, r.rulename, tr.tgname)) || ' of ' || owner.name,
           owner.name || '.' || quote_ident(att.attname),
           p.oid::regprocedure::text, who.type || ' ' || who.identity),
  'through ' || via.name
FROM holder h
JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = h.id
  AND d.deptype IN ('n', 'a')
  AND d.classid IN ('pg_proc'::regclass, 'pg_policy'::regclass, 'pg_rewrite'::regclass,
                    'pg_trigger'::regclass, 'pg_attrdef'::regclass, 'pg_type'::regclass)
LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_policy po ON d.classid = 'pg_policy'::regclass AND po.oid = d.objid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_trigger tr ON d.classid = 'pg_trigger'::regclass AND tr.oid = d.objid
LEFT JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
LEFT JOIN pg_attribute att ON att.attrelid = ad.adrelid AND att.attnum = ad.adnum
LEFT JOIN shown owner ON owner.oid = coalesce(po.polrelid, r.ev_class, tr.tgrelid, ad.adrelid)
LEFT JOIN shown via ON via.oid = h.via
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS who
WHERE coalesce(po.polrelid, r.ev_class, tr.tgrelid, ad.adrelid, 0) NOT IN (h.root, h.id)
  AND coalesce(r.rulename, '') <> '_RETURN' AND NOT coalesce(tr.tgisinternal, false)
  AND who.identity IS NOT NULL
)sql";

constexpr const char* kRowTypes = R"sql(
SELECT DISTINCT t.oid,
  CASE d.classid WHEN 'pg_proc'::regclass THEN 'body' WHEN 'pg_class'::regclass THEN 'column'
                 ELSE 'other' END,
  CASE d.classid WHEN 'pg_proc'::regclass THEN d.objid::regprocedure::text
       WHEN 'pg_class'::regclass THEN who.identity ELSE who.type || ' ' || who.identity END, 'uses the row type'
FROM touched t JOIN pg_type ty ON ty.oid = t.reltype
JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (ty.oid, ty.typarray)
  AND NOT (d.classid = 'pg_type'::regclass AND d.objid = ty.typarray),
LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS who
WHERE who.identity IS NOT NULL
)sql";

// The copies of a foreign key for partitions have a parent.
constexpr const char* kTables = R"sql(
SELECT t.oid, 'foreign key', format('%I of ', c.conname) || s.name,
  CASE c.confdeltype WHEN 'r' THEN 'ON DELETE RESTRICT' WHEN 'c' THEN 'ON DELETE CASCADE'
    WHEN 'n' THEN 'ON DELETE SET NULL' WHEN 'd' THEN 'ON DELETE SET DEFAULT'
    ELSE 'ON DELETE NO ACTION' END
FROM touched t JOIN pg_constraint c ON c.confrelid = t.oid AND c.contype = 'f'
  AND c.conrelid <> t.oid AND c.conparentid = 0
JOIN shown s ON s.oid = c.conrelid
UNION ALL
SELECT t.oid, CASE WHEN c.relispartition THEN 'partition' ELSE 'child' END, s.name, NULL
FROM touched t JOIN pg_inherits i ON i.inhparent = t.oid
JOIN pg_class c ON c.oid = i.inhrelid JOIN shown s ON s.oid = c.oid
UNION ALL
SELECT t.oid, 'publication', quote_ident(p.pubname), NULL
FROM touched t JOIN pg_publication_rel r ON r.prrelid = t.oid
JOIN pg_publication p ON p.oid = r.prpubid
UNION ALL
SELECT t.oid, 'publication', quote_ident(p.pubname), 'for all tables'
FROM touched t JOIN pg_publication p ON p.puballtables
WHERE t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
)sql";

// Came with 15.
constexpr const char* kSchemaPublications = R"sql(
SELECT t.oid, 'schema publication', quote_ident(p.pubname), 'for the tables of its schema'
FROM touched t JOIN pg_publication_namespace n ON n.pnnspid = t.relnamespace
JOIN pg_publication p ON p.oid = n.pnpubid
WHERE t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
)sql";

DependentKind KindOf(const std::string& word) {
  static const std::map<std::string, DependentKind> kinds = {
      {"v", DependentKind::kView},
      {"m", DependentKind::kMaterializedView},
      {"body", DependentKind::kFunctionBody},
      {"policy", DependentKind::kPolicy},
      {"rule", DependentKind::kRule},
      {"trigger", DependentKind::kTrigger},
      {"default", DependentKind::kDefault},
      {"column", DependentKind::kColumn},
      {"foreign key", DependentKind::kForeignKey},
      {"partition", DependentKind::kPartition},
      {"child", DependentKind::kChild},
      {"publication", DependentKind::kPublication},
      {"schema publication", DependentKind::kSchemaPublication}};
  const auto found = kinds.find(word);
  return found == kinds.end() ? DependentKind::kOther : found->second;
}

}  // namespace

absl::StatusOr<std::vector<Dependent>> ReadTrackedDependents(
    pg::Connection& connection, const std::vector<NamedTable>& tables) {
  std::vector<const char*> parts = {kViews, kOthers, kRowTypes, kTables};
  if (connection.server_version() >= 150000) parts.push_back(kSchemaPublications);
  std::vector<uint32_t> oids;
  oids.reserve(tables.size());
  for (const NamedTable& table : tables) oids.push_back(table.oid);
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(absl::StrCat(kReach, absl::StrJoin(parts, " UNION ALL ")),
                                    {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  std::vector<Dependent> dependents;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const uint32_t of = cells.Oid();
    const DependentKind kind = KindOf(cells.Text());
    std::string name = cells.Text();
    dependents.push_back({.of = of, .kind = kind, .name = std::move(name), .detail = cells.Text()});
  }
  return dependents;
}

}  // namespace regraft::catalog
