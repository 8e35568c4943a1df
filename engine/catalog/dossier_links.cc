#include "engine/catalog/dossier_queries.h"

namespace regraft::catalog {

const std::vector<DossierQuery> kLinkQueries = {
    // Lists of columns and row filters, and publications of whole schemas, came with 15.
    {R"sql(
SELECT t.oid, 'publications', quote_ident(p.pubname)
FROM touched t JOIN pg_publication_rel r ON r.prrelid = t.oid
JOIN pg_publication p ON p.oid = r.prpubid
)sql",
     0, 150000},
    {R"sql(
SELECT t.oid, 'publications', concat_ws(' ', quote_ident(p.pubname),
  (SELECT format('(%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
   FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (r.prattrs)),
  'where ' || pg_get_expr(r.prqual, t.oid))
FROM touched t JOIN pg_publication_rel r ON r.prrelid = t.oid
JOIN pg_publication p ON p.oid = r.prpubid
UNION ALL
SELECT t.oid, 'publications', format('%I for its schema', p.pubname)
FROM touched t JOIN pg_publication_namespace s ON s.pnnspid = t.relnamespace
JOIN pg_publication p ON p.oid = s.pnpubid
WHERE t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
)sql",
     150000},
    {R"sql(
SELECT t.oid, 'publications', format('%I for all tables', p.pubname)
FROM touched t JOIN pg_publication p ON p.puballtables
WHERE t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
UNION ALL
SELECT t.oid, 'extension', format(CASE d.deptype WHEN 'e' THEN 'member of %I'
                                  ELSE 'depends on %I' END, e.extname)
FROM touched t
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_extension'::regclass AND d.deptype IN ('e', 'x')
JOIN pg_extension e ON e.oid = d.refobjid
)sql"},
    // Whatever uses the row type or its array type, but the two themselves.
    {R"sql(
SELECT DISTINCT t.oid, 'row_type_users', concat_ws(' ', who.type, who.identity)
FROM touched t
JOIN pg_type ty ON ty.oid = t.reltype
JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (ty.oid, ty.typarray)
  AND NOT (d.classid = 'pg_type'::regclass AND d.objid = ty.typarray),
LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS who
WHERE who.identity IS NOT NULL
)sql"},
    // Views stand for the rules that they are made of. What the other facts tell is left out:
    // constraints, indexes, own triggers, rules and policies, statistics, publications, children.
    // Other
    // tables' defaults can use a sequence that the relation owns.
    {R"sql(
SELECT DISTINCT t.oid, 'dependents', concat_ws(' ',
  CASE WHEN r.oid IS NULL THEN who.type WHEN c.relkind = 'v' THEN 'view'
       WHEN c.relkind = 'm' THEN 'materialized view' ELSE format('rule %I on', r.rulename) END,
  CASE WHEN r.oid IS NULL THEN who.identity ELSE format('%I.%I', n.nspname, c.relname) END)
FROM touched t
CROSS JOIN LATERAL (
  SELECT t.oid AS id
  UNION ALL
  SELECT s.objid FROM pg_depend s JOIN pg_class q ON q.oid = s.objid AND q.relkind = 'S'
  WHERE s.refclassid = 'pg_class'::regclass AND s.refobjid = t.oid
    AND s.classid = 'pg_class'::regclass AND s.deptype IN ('a', 'i')) AS mine
JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = mine.id
  AND d.deptype IN ('n', 'a')
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_class c ON c.oid = r.ev_class
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace,
LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS who
WHERE who.identity IS NOT NULL
  AND d.classid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass,
                        'pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass)
  AND NOT EXISTS (SELECT FROM pg_attrdef x WHERE d.classid = 'pg_attrdef'::regclass
                  AND x.oid = d.objid AND x.adrelid = t.oid)
  AND NOT EXISTS (SELECT FROM pg_trigger x WHERE d.classid = 'pg_trigger'::regclass
                  AND x.oid = d.objid AND x.tgrelid = t.oid)
  AND NOT EXISTS (SELECT FROM pg_policy x WHERE d.classid = 'pg_policy'::regclass
                  AND x.oid = d.objid AND x.polrelid = t.oid)
  AND r.ev_class IS DISTINCT FROM t.oid
)sql"},
};

}  // namespace regraft::catalog
