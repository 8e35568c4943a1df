// What the guard knows: the shape of each relation, the triggers each needs, what is not as
// registered. No backslash in these texts: a session decides what it means. In PL/pgSQL, because
// that keeps the plans of a session, and planning is most of what a look costs.

#include "engine/leaf_lock/guard.h"

namespace regraft::leaf_lock {
namespace {

// Names instead of numbers, so that dump and restore change nothing. Left out because they do not
// change what the table is: indexes, triggers, comments, grants, options; of a foreign key the
// table that it refers to, which may be renamed where it stands.
constexpr std::string_view kShapes = R"sql(
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT f.relation, array_agg(f.fact ORDER BY f.fact COLLATE "C")
  FROM (
    SELECT c.oid, concat_ws(' ', 'kind', c.relkind, c.relpersistence,
      CASE WHEN c.relrowsecurity THEN 'row security' END,
      CASE WHEN c.relforcerowsecurity THEN 'forced' END,
      pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid))
    FROM pg_class c WHERE c.oid = ANY (relations)
    UNION ALL
    SELECT a.attrelid, concat_ws(' ', 'column', quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' || quote_ident(o.collname) END,
      CASE WHEN a.attnotnull THEN 'not null' END,
      CASE a.attidentity WHEN 'a' THEN 'identity' WHEN 'd' THEN 'identity by default' END,
      CASE WHEN a.attgenerated <> '' THEN 'generated' END, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation o ON o.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attrelid = ANY (relations) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT k.conrelid, concat_ws(' ', 'constraint', quote_ident(k.conname),
      CASE WHEN k.contype <> 'f' THEN replace(pg_get_constraintdef(k.oid), ' NOT VALID', '')
      ELSE format('FOREIGN KEY (%s) %s%s%s', (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.place)
        FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
        JOIN pg_attribute a ON (a.attrelid, a.attnum) = (k.conrelid, u.attnum)),
        k.confupdtype, k.confdeltype, k.confmatchtype) END)
    FROM pg_constraint k WHERE k.conrelid = ANY (relations) AND k.contype IN ('p', 'u', 'c', 'f', 'x')
    UNION ALL
    SELECT i.inhrelid, 'child of ' || i.inhparent::regclass
    FROM pg_inherits i WHERE i.inhrelid = ANY (relations)
    UNION ALL
    SELECT i.inhparent, 'parent of ' || i.inhrelid::regclass
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY (relations) AND NOT c.relispartition AND c.relpersistence <> 't'
  ) AS f(relation, fact)
  GROUP BY f.relation;
END
)sql";

// Whatever changes a structure holds one of these locks until its transaction ends: what is not
// among them this transaction has not changed.
constexpr std::string_view kOwnLocks = R"sql(
  SELECT coalesce(array_agg(DISTINCT l.relation), '{}') FROM pg_locks l
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
    AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
      'ExclusiveLock', 'AccessExclusiveLock')
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)sql";

// Each by row where it can be: a statement's trigger does not see what replication applies.
constexpr std::string_view kWantedTriggers = R"sql(
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.relation::oid, 'regraft_refuse_truncate'::name, 'TRUNCATE', 'STATEMENT'
  FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation
  WHERE r.frozen AND (c.relkind IN ('r', 'p')
    OR (c.relkind = 'f' AND current_setting('server_version_num')::int >= 160000))
  UNION ALL
  SELECT r.relation::oid, 'regraft_refuse_write', 'INSERT OR UPDATE OR DELETE', 'ROW'
  FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation
  WHERE r.frozen AND r.leaf_type = 'ARCHIVE' AND c.relkind IN ('r', 'f');
END
)sql";

constexpr std::string_view kMissingTriggers = R"sql(
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT w.* FROM regraft_guard.wanted_triggers() w
  WHERE EXISTS (SELECT FROM regraft.leaf_lock WHERE lifted_at IS NULL AND guarded)
    AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
      JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE t.tgrelid = w.relation AND t.tgname = w.name AND t.tgenabled = 'A'
        AND t.tgtype = CASE w.event WHEN 'TRUNCATE' THEN 34 ELSE 31 END AND t.tgqual IS NULL
        AND t.tgattr::text = '' AND n.nspname = 'regraft_guard' AND p.proname = 'refuse');
END
)sql";

// Of `scope`, or where that is NULL of everything. `since`: the transaction that brought an
// unregistered relation. Writing a structure down takes ACCESS SHARE on the table: in the scope of
// OwnLocks that waits for nobody.
constexpr std::string_view kViolations = R"sql(
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT 'schema', quote_ident(l.schema_name), 0::oid,
    'this locked schema was renamed or dropped', 'give it its name again', NULL::xid
  FROM regraft.locked_schema l
  WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = l.schema_name)
  UNION ALL
  SELECT 'unregistered', q.name, q.oid, q.what, format('regraft register %s --sub-hub SUB_HUB '
    '--leaf-type LEAF_TYPE', CASE WHEN q.name ~ '^[a-z0-9_.]+$' THEN q.name
      ELSE quote_literal(q.name) END), q.xmin
  FROM (
    SELECT c.oid, c.xmin, format('%I.%I', n.nspname, c.relname) AS name,
      CASE WHEN l.schema_name IS NULL THEN 'it is part of a frozen table and is not registered'
        ELSE format('schema %I is locked and this relation is not registered', n.nspname) END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN regraft.locked_schema l ON l.schema_name = n.nspname
    WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't'
      AND (l.schema_name IS NOT NULL OR (c.relispartition AND EXISTS (
        SELECT FROM pg_inherits i JOIN regraft.registry p ON p.relation = i.inhparent
        WHERE i.inhrelid = c.oid AND p.frozen)))
      AND NOT EXISTS (SELECT FROM regraft.registry r WHERE r.relation = c.oid)
  ) AS q(oid, xmin, name, what)
  UNION ALL
  SELECT 'missing', format('%I.%I', r.schema_name, r.relation_name), r.relation,
    'it is registered and frozen, and was dropped', 'restore it; or regraft lock PLAN.yaml again',
    NULL
  FROM regraft.registry r
  WHERE r.frozen AND (scope IS NULL OR r.relation = ANY (scope))
    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.relation)
  UNION ALL
  SELECT 'renamed', format('%I.%I', r.schema_name, r.relation_name), r.relation,
    format('it is frozen and has become %I.%I', n.nspname, c.relname),
    'regraft unlock --for 10m --reason WHY, then the same statement; or a plan', NULL
  FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE r.frozen AND (scope IS NULL OR r.relation = ANY (scope))
    AND (n.nspname, c.relname) <> (r.schema_name, r.relation_name)
  UNION ALL
  SELECT 'altered', format('%I.%I', r.schema_name, r.relation_name), r.relation,
    concat_ws('; ', 'it is frozen and has another structure',
      'gone: ' || (SELECT string_agg(u, ', ') FROM unnest(r.shape) u WHERE u <> ALL (s.shape)),
      'new: ' || (SELECT string_agg(u, ', ') FROM unnest(s.shape) u WHERE u <> ALL (r.shape))),
    'regraft unlock --for 10m --reason WHY, then the same statement; or a plan', NULL
  FROM regraft.registry r JOIN regraft_guard.shapes((SELECT array_agg(relation::oid)
    FROM regraft.registry WHERE frozen AND (scope IS NULL OR relation = ANY (scope)))) s
    ON s.relation = r.relation
  WHERE r.frozen AND r.shape IS DISTINCT FROM s.shape
  UNION ALL
  SELECT 'detached', format('%I.%I', r.schema_name, r.relation_name), r.relation,
    'it is a partition no more: ' || r.parent::text || ' has lost its rows',
    'regraft unlock --for 10m --reason WHY, then the same statement; or a plan', NULL
  FROM regraft.registry r JOIN pg_class c ON c.oid = r.relation
  WHERE r.frozen AND r.parent IS NOT NULL AND (scope IS NULL OR r.relation = ANY (scope))
    AND NOT EXISTS (SELECT FROM pg_inherits i WHERE (i.inhrelid, i.inhparent) = (r.relation, r.parent))
  UNION ALL
  SELECT 'unguarded', w.relation::regclass::text, w.relation,
    format('its trigger %s is missing, changed or not ENABLE ALWAYS', w.name),
    'leave the triggers of the leaf lock alone; regraft lock PLAN.yaml makes them again', NULL
  FROM regraft_guard.missing_triggers() w WHERE scope IS NULL OR w.relation = ANY (scope);
END
)sql";

}  // namespace

const std::vector<GuardFunction>& GuardReaders() {
  static const std::vector<GuardFunction> kReaders = {
      {"shapes", "relations oid[]", "TABLE (relation oid, shape text[])", "plpgsql", kShapes},
      {"own_locks", "", "oid[]", "sql", kOwnLocks},
      {"wanted_triggers", "", "TABLE (relation oid, name name, event text, level text)", "plpgsql",
       kWantedTriggers},
      {"missing_triggers", "", "TABLE (relation oid, name name, event text, level text)", "plpgsql",
       kMissingTriggers},
      {"violations", "scope oid[]",
       "TABLE (rule text, object text, relation oid, what text, remedy text, since xid)", "plpgsql",
       kViolations}};
  return kReaders;
}

}  // namespace regraft::leaf_lock
