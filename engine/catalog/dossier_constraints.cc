#include "engine/catalog/dossier_queries.h"

namespace regraft::catalog {

// The relation's own name is cut out of the definitions that the server writes.
const std::vector<DossierQuery> kConstraintQueries = {
    {R"sql(
SELECT t.oid, 'indexes', concat_ws('; ',
  replace(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ' || t.own || ' USING ', ' ON ONLY USING '),
          ' ON ' || t.own || ' USING ', ' USING '),
  CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN NOT i.indisready THEN 'not ready' END,
  CASE WHEN i.indisclustered THEN 'clustered' END,
  CASE WHEN i.indisreplident THEN 'replica identity' END,
  CASE WHEN s.spcname IS NOT NULL THEN format('tablespace %I', s.spcname) END,
  (SELECT string_agg(format('statistics %s for column %s', a.attstattarget, a.attnum), ', '
                     ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0),
  (SELECT format('partition of %I.%I', n.nspname, p.relname)
   FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
   JOIN pg_namespace n ON n.oid = p.relnamespace WHERE h.inhrelid = i.indexrelid))
FROM touched t JOIN pg_index i ON i.indrelid = t.oid
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
UNION ALL
SELECT t.oid, 'replica_identity', CASE t.relreplident WHEN 'd' THEN 'primary key'
    WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index ' || coalesce((
      SELECT quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = t.oid AND i.indisreplident), 'that is gone') END
FROM touched t WHERE t.relkind IN ('r', 'p')
)sql"},
    // pg_get_constraintdef() says NOT VALID, DEFERRABLE, INITIALLY DEFERRED, NO INHERIT itself.
    // Constraint triggers are triggers.
    {R"sql(
SELECT t.oid, 'constraints', concat_ws(' ', quote_ident(c.conname), pg_get_constraintdef(c.oid),
                                       CASE WHEN NOT c.conislocal THEN 'inherited' END)
FROM touched t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype NOT IN ('f', 't')
)sql"},
    // Left out: the copies that the server keeps for partitions of the referenced table. A foreign
    // key whose internal triggers a superuser disabled checks nothing.
    {R"sql(
SELECT t.oid, 'foreign_keys', concat_ws(' ', quote_ident(c.conname),
  replace(pg_get_constraintdef(c.oid), ' REFERENCES ' || t.own || '(', ' REFERENCES itself('),
  CASE WHEN NOT c.conislocal THEN 'inherited' END, off.word)
FROM touched t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
LEFT JOIN pg_constraint parent ON parent.oid = c.conparentid
LEFT JOIN LATERAL (SELECT 'not enforced: triggers disabled' AS word WHERE EXISTS (
  SELECT FROM pg_trigger g WHERE g.tgconstraint = c.oid AND g.tgenabled <> 'O')) AS off ON true
WHERE parent.conrelid IS DISTINCT FROM c.conrelid
UNION ALL
SELECT t.oid, 'referenced_by', concat_ws(' ', format('%I.%I: %I', n.nspname, r.relname, c.conname),
  replace(pg_get_constraintdef(c.oid), ' REFERENCES ' || t.own || '(', ' REFERENCES ('), off.word)
FROM touched t
JOIN pg_constraint c ON c.confrelid = t.oid AND c.contype = 'f' AND c.conrelid <> t.oid
JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
LEFT JOIN LATERAL (SELECT 'not enforced: triggers disabled' AS word WHERE EXISTS (
  SELECT FROM pg_trigger g WHERE g.tgconstraint = c.oid AND g.tgenabled <> 'O')) AS off ON true
WHERE c.conparentid = 0
)sql"},
    {R"sql(
SELECT t.oid, 'statistics', concat_ws('; ',
  replace(pg_get_statisticsobjdef(s.oid), ' FROM ' || t.own, ''),
  CASE WHEN s.stxstattarget >= 0 THEN 'target ' || s.stxstattarget END,
  CASE WHEN s.stxowner <> t.relowner
       THEN 'owner ' || quote_ident(pg_get_userbyid(s.stxowner)) END)
FROM touched t JOIN pg_statistic_ext s ON s.stxrelid = t.oid
)sql"},
};

}  // namespace regraft::catalog
