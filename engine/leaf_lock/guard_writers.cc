// What the guard does: refuse, or take into the registry what may pass. No backslash in these
// texts: a session decides what it means.

#include "engine/leaf_lock/guard.h"

namespace regraft::leaf_lock {
namespace {

constexpr std::string_view kHasPermit = R"sql(
  SELECT EXISTS (SELECT FROM regraft.permit
    WHERE xid = pg_current_xact_id_if_assigned() AND pid = pg_backend_pid())
)sql";

constexpr std::string_view kHasWindow = R"sql(
  SELECT EXISTS (SELECT FROM regraft.unlock WHERE expires_at > clock_timestamp())
)sql";

// A row's xmin has 32 bits, those nearest to now; its transaction is ours if it is in progress and
// we see it. What is too old for the server to know is not ours.
constexpr std::string_view kIsOurs = R"sql(
DECLARE
  now_xid bigint := pg_current_xact_id()::text::bigint;
  distance bigint := ((x::text::bigint - now_xid + 2147483648) & 4294967295) - 2147483648;
BEGIN
  IF now_xid + distance < 3 THEN RETURN false; END IF;
  RETURN coalesce(pg_xact_status((now_xid + distance)::text::xid8) = 'in progress', false);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END
)sql";

// Names that were registered in advance, and new partitions of what is frozen (of `created`; NULL:
// all). Their structure is theirs until this transaction ends.
constexpr std::string_view kBind = R"sql(
DECLARE
  any_bound boolean;
BEGIN
  UPDATE regraft.registry r SET relation = c.oid, frozen = true, bound_xid = pg_current_xact_id(),
    bound_at = now(), owner = pg_get_userbyid(c.relowner), parent = (
      SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN regraft.locked_schema l ON l.schema_name = n.nspname
  WHERE r.relation IS NULL AND (r.schema_name, r.relation_name) = (n.nspname, c.relname)
    AND c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't';
  any_bound := FOUND;
  LOOP
    INSERT INTO regraft.registry (relation, schema_name, relation_name, sub_hub, leaf_type, path,
      parent, frozen, owner, origin, bound_xid, bound_at)
    SELECT c.oid, n.nspname, c.relname, p.sub_hub, p.leaf_type, p.path, p.relation, true,
      pg_get_userbyid(c.relowner), 'partition', pg_current_xact_id(), now()
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN regraft.registry p ON p.relation = i.inhparent AND p.frozen
    WHERE (created IS NULL OR c.oid = ANY (created))
      AND NOT EXISTS (SELECT FROM regraft.registry r WHERE r.relation = c.oid);
    EXIT WHEN NOT FOUND;
    any_bound := true;
  END LOOP;
  RETURN any_bound;
END
)sql";

// The structure as it is now becomes what is frozen: of `scope`, or of what this transaction bound.
constexpr std::string_view kRecord = R"sql(
  UPDATE regraft.registry r SET shape = s.shape
  FROM regraft_guard.shapes((SELECT array_agg(relation::oid) FROM regraft.registry
    WHERE frozen AND (relation = ANY (scope)
      OR (bound_xid, bound_at) = (pg_current_xact_id(), now())))) s
  WHERE s.relation = r.relation AND r.shape IS DISTINCT FROM s.shape
)sql";

// Makes the triggers that are wanted and missing or damaged, drops those that are not wanted. The
// guard must not look at these statements: a permit lets them pass.
constexpr std::string_view kArm = R"sql(
DECLARE
  each record;
  by_permit boolean := regraft_guard.has_permit();
BEGIN
  IF NOT by_permit THEN
    INSERT INTO regraft.permit VALUES (pg_current_xact_id(), pg_backend_pid(), 'the guard itself');
  END IF;
  FOR each IN
    SELECT t.tgrelid::regclass AS relation, t.tgname AS name
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'regraft_guard' AND NOT t.tgisinternal AND (
      (t.tgrelid, t.tgname) NOT IN (SELECT w.relation, w.name FROM regraft_guard.wanted_triggers() w)
      OR (t.tgrelid, t.tgname) IN (SELECT m.relation, m.name FROM regraft_guard.missing_triggers() m))
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', each.name, each.relation);
  END LOOP;
  FOR each IN
    SELECT m.relation::regclass AS relation, m.name, m.event, m.level FROM regraft_guard.missing_triggers() m
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION '
      'regraft_guard.refuse()', each.name, each.event, each.relation, each.level);
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %I', each.relation, each.name);
  END LOOP;
  IF NOT by_permit THEN
    DELETE FROM regraft.permit WHERE xid = pg_current_xact_id();
  END IF;
END
)sql";

// The registry becomes what the database is. What others smuggled in before is not taken along: it
// stays unregistered, for the check to find. `by`: lock, run, unlock.
constexpr std::string_view kAdopt = R"sql(
BEGIN
  DELETE FROM regraft.registry r
  WHERE r.relation IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.relation);
  DELETE FROM regraft.registry r USING regraft.registry o, pg_class c, pg_namespace n
  WHERE r.relation IS NULL AND c.oid = o.relation AND n.oid = c.relnamespace
    AND (r.schema_name, r.relation_name) = (n.nspname, c.relname);
  UPDATE regraft.registry r SET schema_name = n.nspname, relation_name = c.relname,
    owner = pg_get_userbyid(c.relowner), parent = (
      SELECT i.inhparent FROM pg_inherits i JOIN regraft.registry p ON p.relation = i.inhparent
      WHERE i.inhrelid = c.oid AND c.relispartition)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = r.relation;
  LOOP
    UPDATE regraft.registry r SET frozen = NOT r.frozen
    WHERE r.relation IS NOT NULL AND r.frozen <> (
      EXISTS (SELECT FROM regraft.locked_schema l WHERE l.schema_name = r.schema_name)
      OR EXISTS (SELECT FROM regraft.registry p WHERE p.relation = r.parent AND p.frozen));
    EXIT WHEN NOT FOUND;
  END LOOP;
  PERFORM regraft_guard.bind(NULL);
  INSERT INTO regraft.registry (relation, schema_name, relation_name, frozen, owner, origin)
  SELECT c.oid, n.nspname, c.relname, true, pg_get_userbyid(c.relowner), adopt.by
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN regraft.locked_schema l ON l.schema_name = n.nspname
  WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM regraft.registry r WHERE r.relation = c.oid)
    AND (adopt.by = 'lock' OR regraft_guard.is_ours(c.xmin));
  PERFORM regraft_guard.bind(NULL);
  PERFORM regraft_guard.record(CASE adopt.by WHEN 'lock' THEN
    ARRAY(SELECT relation::oid FROM regraft.registry WHERE frozen) ELSE regraft_guard.own_locks() END);
  PERFORM regraft_guard.arm();
END
)sql";

constexpr std::string_view kOnCommand = R"sql(
DECLARE
  found record;
BEGIN
  -- Raising here would leave an index that was built CONCURRENTLY invalid; and none of these makes
  -- or changes a table.
  IF tg_tag IN ('CREATE INDEX', 'DROP INDEX', 'REINDEX', 'COMMENT', 'GRANT', 'REVOKE',
    'SECURITY LABEL', 'REFRESH MATERIALIZED VIEW', 'ALTER DEFAULT PRIVILEGES') THEN RETURN; END IF;
  IF (SELECT count(*) > 0 AND bool_and(schema_name IS NOT DISTINCT FROM 'pg_temp')
    FROM pg_event_trigger_ddl_commands()) THEN RETURN; END IF;
  IF regraft_guard.has_permit() THEN RETURN; END IF;
  IF regraft_guard.has_window() THEN
    PERFORM regraft_guard.adopt('unlock');
    RETURN;
  END IF;
  IF regraft_guard.bind(ARRAY(SELECT objid FROM pg_event_trigger_ddl_commands()
    WHERE command_tag = 'CREATE TABLE')) THEN PERFORM regraft_guard.arm(); END IF;
  IF EXISTS (SELECT FROM regraft.registry WHERE (bound_xid, bound_at) = (pg_current_xact_id(), now()))
  THEN PERFORM regraft_guard.record('{}'); END IF;
  FOR found IN SELECT * FROM regraft_guard.violations(regraft_guard.own_locks()) LOOP
    CONTINUE WHEN found.since IS NOT NULL AND NOT regraft_guard.is_ours(found.since);
    RAISE EXCEPTION USING ERRCODE = 'RG001',
      MESSAGE = format('the leaf lock refuses %s: %s: %s', tg_tag, found.object, found.what),
      DETAIL = 'Rule: ' || found.rule, HINT = 'Next: ' || found.remedy;
  END LOOP;
END
)sql";

// Asked for the guard's own tables first: what follows reads them.
constexpr std::string_view kOnDrop = R"sql(
DECLARE
  gone record;
BEGIN
  FOR gone IN SELECT * FROM pg_event_trigger_dropped_objects() d
    WHERE d.schema_name = 'regraft_guard' OR d.object_identity = 'regraft_guard'
      OR (d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.schema_name = 'regraft'
        AND d.object_name IN ('registry', 'registry_rule', 'leaf_lock', 'leaf_lock_step',
          'locked_schema', 'permit', 'unlock'))
  LOOP
    RAISE EXCEPTION USING ERRCODE = 'RG001',
      MESSAGE = format('the leaf lock refuses %s: %s holds it', tg_tag, gone.object_identity),
      DETAIL = 'Rule: guard', HINT = 'Next: regraft unlock --reason WHY lifts the lock';
  END LOOP;
  IF regraft_guard.has_permit() OR regraft_guard.has_window() THEN RETURN; END IF;
  FOR gone IN SELECT * FROM pg_event_trigger_dropped_objects() d
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND NOT d.is_temporary
      AND EXISTS (SELECT FROM regraft.registry r WHERE r.frozen AND r.relation = d.objid)
  LOOP
    RAISE EXCEPTION USING ERRCODE = 'RG001',
      MESSAGE = format('the leaf lock refuses %s: %s is frozen', tg_tag, gone.object_identity),
      DETAIL = 'Rule: drop', HINT = 'Next: regraft unlock --for 10m --reason WHY, then the same '
        'statement; or a plan';
  END LOOP;
END
)sql";

constexpr std::string_view kRefuse = R"sql(
BEGIN
  IF regraft_guard.has_permit() OR regraft_guard.has_window() THEN
    IF tg_op = 'TRUNCATE' THEN RETURN NULL; END IF;
    IF tg_op = 'DELETE' THEN RETURN old; END IF;
    RETURN new;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'RG001',
    MESSAGE = format('the leaf lock refuses %s: %I.%I %s', tg_op, tg_table_schema, tg_table_name,
      CASE tg_op WHEN 'TRUNCATE' THEN 'is frozen' ELSE 'is an archive' END),
    DETAIL = CASE tg_op WHEN 'TRUNCATE' THEN 'Rule: truncate' ELSE 'Rule: archive' END,
    HINT = 'Next: regraft unlock --for 10m --reason WHY, then the same statement; or a plan';
END
)sql";

}  // namespace

const std::vector<GuardFunction>& GuardWriters() {
  static const std::vector<GuardFunction> kWriters = {
      {"has_permit", "", "boolean", "sql", kHasPermit},
      {"has_window", "", "boolean", "sql", kHasWindow},
      {"is_ours", "x xid", "boolean", "plpgsql", kIsOurs},
      {"bind", "created oid[]", "boolean", "plpgsql", kBind},
      {"record", "scope oid[]", "void", "sql", kRecord},
      {"refuse", "", "trigger", "plpgsql", kRefuse},
      {"arm", "", "void", "plpgsql", kArm},
      {"adopt", "by text", "void", "plpgsql", kAdopt},
      {"on_command", "", "event_trigger", "plpgsql", kOnCommand},
      {"on_drop", "", "event_trigger", "plpgsql", kOnDrop}};
  return kWriters;
}

}  // namespace regraft::leaf_lock
