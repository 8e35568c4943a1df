#include "engine/catalog/dossier_queries.h"

namespace regraft::catalog {

// Grants to and by the owner call it so: a new owner takes them over. Where nothing was granted
// ever, acldefault() says what that means.
const std::vector<DossierQuery> kBehaviourQueries = {
    {R"sql(
SELECT t.oid, 'triggers', concat_ws('; ',
  replace(pg_get_triggerdef(g.oid), ' ON ' || t.own || ' ', ' '),
  CASE g.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled replica'
                   WHEN 'A' THEN 'enabled always' END)
FROM touched t JOIN pg_trigger g ON g.tgrelid = t.oid
WHERE (NOT g.tgisinternal OR (g.tgparentid <> 0 AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.oid = g.tgconstraint AND k.contype = 'f')))
  -- Those of the leaf lock come and go with the lock: they are no part of the table.
  AND NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid = g.tgfoid AND n.nspname = 'regraft_guard')
UNION ALL
SELECT t.oid, 'rules', concat_ws(' ',
  replace(pg_get_ruledef(r.oid), ' TO ' || t.own || ' ', ' '),
  CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled replica'
                    WHEN 'A' THEN 'enabled always' END)
FROM touched t JOIN pg_rewrite r ON r.ev_class = t.oid
)sql"},
    {R"sql(
SELECT oid, 'row_security', 'enabled' FROM touched WHERE relrowsecurity
UNION ALL
SELECT oid, 'row_security', 'forced for the owner' FROM touched WHERE relforcerowsecurity
UNION ALL
SELECT t.oid, 'policies', concat_ws(' ', quote_ident(p.polname),
  CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
  'for ' || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                          WHEN 'd' THEN 'delete' ELSE 'all' END,
  'to ' || (SELECT string_agg(CASE WHEN role = 0 THEN 'public'
                              ELSE quote_ident(pg_get_userbyid(role)) END, ', ' ORDER BY
                              CASE WHEN role <> 0 THEN pg_get_userbyid(role) END NULLS FIRST)
            FROM unnest(p.polroles) AS role),
  'using ' || pg_get_expr(p.polqual, t.oid), 'with check ' || pg_get_expr(p.polwithcheck, t.oid))
FROM touched t JOIN pg_policy p ON p.polrelid = t.oid
)sql"},
    {R"sql(
SELECT oid, 'owner', quote_ident(pg_get_userbyid(relowner)) FROM touched
UNION ALL
SELECT a.oid, a.fact, concat_ws(' ', a.object || ':', a.privilege_type, 'to',
  CASE WHEN a.grantee = 0 THEN 'public' WHEN a.grantee = a.relowner THEN 'the owner'
       ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
  CASE WHEN a.grantor <> a.relowner THEN 'by ' || quote_ident(pg_get_userbyid(a.grantor)) END,
  CASE WHEN a.is_grantable THEN 'with grant option' END)
FROM (
  SELECT t.oid, t.relowner, 'grants' AS fact, NULL AS object, acl.*
  FROM touched t, aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) AS acl
  UNION ALL
  SELECT t.oid, t.relowner, 'column_grants', quote_ident(c.attname), acl.*
  FROM touched t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped,
       aclexplode(c.attacl) AS acl
  UNION ALL
  SELECT t.oid, t.relowner, 'sequence_grants', quote_ident(s.relname), acl.*
  FROM touched t
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
    AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S',
       aclexplode(coalesce(s.relacl, acldefault('s', s.relowner))) AS acl
) AS a
)sql"},
    // As JSON strings: one line each, whatever is in them.
    {R"sql(
SELECT t.oid, 'comments', o.object || ': ' || to_json(d.description)::text
FROM touched t CROSS JOIN LATERAL (
  SELECT 'pg_class'::regclass AS class, t.oid AS id, 0 AS sub, 'relation' AS object
  UNION ALL SELECT 'pg_class'::regclass, t.oid, attnum, format('column %I', attname)
    FROM pg_attribute WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'pg_constraint'::regclass, oid, 0, format('constraint %I', conname)
    FROM pg_constraint WHERE conrelid = t.oid
  UNION ALL SELECT 'pg_class'::regclass, c.oid, 0, format('index %I', c.relname)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid
  UNION ALL SELECT 'pg_trigger'::regclass, oid, 0, format('trigger %I', tgname)
    FROM pg_trigger WHERE tgrelid = t.oid
  UNION ALL SELECT 'pg_rewrite'::regclass, oid, 0, format('rule %I', rulename)
    FROM pg_rewrite WHERE ev_class = t.oid
  UNION ALL SELECT 'pg_policy'::regclass, oid, 0, format('policy %I', polname)
    FROM pg_policy WHERE polrelid = t.oid
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, 0, format('statistics %I', stxname)
    FROM pg_statistic_ext WHERE stxrelid = t.oid
  UNION ALL SELECT 'pg_type'::regclass, t.reltype, 0, 'row type' WHERE t.reltype <> 0
  UNION ALL SELECT 'pg_class'::regclass, s.oid, 0, format('sequence %I', s.relname)
    FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
      AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
) AS o
JOIN pg_description d ON d.classoid = o.class AND d.objoid = o.id AND d.objsubid = o.sub
UNION ALL
SELECT t.oid, 'security_labels', concat_ws(' ', quote_ident(l.provider), quote_literal(l.label),
                                           format('on column %I', a.attname))
FROM touched t
JOIN pg_seclabel l ON l.classoid = 'pg_class'::regclass AND l.objoid = t.oid
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = l.objsubid AND l.objsubid > 0
)sql"},
};

}  // namespace regraft::catalog
