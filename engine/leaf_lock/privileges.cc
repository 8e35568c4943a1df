// The layer that works everywhere: who owns the locked schemas, and who may create in them.

#include "engine/base/status_macros.h"
#include "engine/leaf_lock/internal.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

// $1 the schema, $2 the keeper, $3 whether there is a guard. In the order of execution. What a
// grant-option holder granted must go before the option, and by him.
constexpr const char* kSchemaSteps = R"sql(
WITH s AS (
  SELECT n.oid, n.nspname, n.nspowner, o.rolname AS owner, o.rolsuper,
    coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
  FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner WHERE n.nspname = $1
), entry AS (
  SELECT a.*, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who
  FROM s, aclexplode(s.acl) a WHERE a.privilege_type = 'CREATE' AND a.grantee <> s.nspowner
), relation_owner AS (
  SELECT DISTINCT o.oid, o.rolname FROM s JOIN pg_class c ON c.relnamespace = s.oid
  JOIN pg_roles o ON o.oid = c.relowner WHERE $3 AND NOT o.rolsuper
    AND has_schema_privilege(o.oid, s.oid, 'CREATE')
), step AS (
  SELECT CASE WHEN e.grantor = s.nspowner THEN 2 ELSE 1 END AS place,
    h.head || format('REVOKE CREATE ON SCHEMA %I FROM %s', s.nspname, e.who) || h.tail AS sql,
    h.head || format('GRANT CREATE ON SCHEMA %I TO %s', s.nspname, e.who)
      || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END || h.tail AS undo
  FROM s, entry e, LATERAL (SELECT
    CASE WHEN e.grantor = s.nspowner THEN '' ELSE format('SET LOCAL ROLE %I; ', pg_get_userbyid(e.grantor)) END,
    CASE WHEN e.grantor = s.nspowner THEN '' ELSE '; RESET ROLE' END) AS h(head, tail)
  WHERE e.grantee NOT IN (SELECT oid FROM relation_owner)
  UNION ALL
  SELECT 3, format('ALTER SCHEMA %I OWNER TO %I', nspname, $2::text),
    format('ALTER SCHEMA %I OWNER TO %I', nspname, owner) FROM s WHERE owner <> $2::text
  UNION ALL
  SELECT 4, format('GRANT USAGE ON SCHEMA %I TO %I', nspname, owner),
    format('REVOKE USAGE ON SCHEMA %I FROM %I', nspname, owner) FROM s WHERE owner <> $2::text AND NOT rolsuper
  UNION ALL
  SELECT 5, format('GRANT CREATE ON SCHEMA %I TO %I', s.nspname, o.rolname),
    format('REVOKE CREATE ON SCHEMA %I FROM %I', s.nspname, o.rolname)
  FROM s, relation_owner o WHERE o.oid NOT IN (SELECT grantee FROM entry)
)
SELECT sql, undo FROM step ORDER BY place, sql)sql";

// $1 the keeper. Who may write these tables opens the lock.
constexpr const char* kTableSteps = R"sql(
WITH t AS (
  SELECT c.oid, c.relname, c.relowner, o.rolname AS owner, o.rolsuper, c.relacl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner
  WHERE n.nspname = 'regraft' AND c.relname IN ('registry', 'registry_rule', 'leaf_lock',
    'leaf_lock_step', 'locked_schema', 'lock_part', 'permit', 'unlock')
), step AS (
  SELECT 1 AS place, format('GRANT USAGE ON SCHEMA regraft TO %I', $1::text) AS sql,
    format('REVOKE USAGE ON SCHEMA regraft FROM %I', $1::text) AS undo
  WHERE NOT has_schema_privilege($1::name, 'regraft', 'USAGE')
  UNION ALL
  SELECT 2, format('REVOKE %s ON regraft.%I FROM %s', a.privilege_type, t.relname, w.who),
    format('GRANT %s ON regraft.%I TO %s%s', a.privilege_type, t.relname, w.who,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM t, aclexplode(t.relacl) a, LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC'
    ELSE quote_ident(pg_get_userbyid(a.grantee)) END) AS w(who)
  WHERE a.grantee <> t.relowner AND a.privilege_type <> 'SELECT'
  UNION ALL
  SELECT 3, format('ALTER TABLE regraft.%I OWNER TO %I', relname, $1::text),
    format('ALTER TABLE regraft.%I OWNER TO %I', relname, owner) FROM t WHERE owner <> $1
  UNION ALL
  SELECT 4, format('GRANT SELECT ON regraft.%I TO %I', relname, owner),
    format('REVOKE SELECT ON regraft.%I FROM %I', relname, owner)
  FROM t WHERE owner <> $1 AND NOT rolsuper
)
SELECT sql, undo FROM step ORDER BY place, sql)sql";

absl::Status Take(pg::Connection& connection, const LockState& lock, const pg::Result& steps) {
  for (int row = 0; row < steps.rows(); ++row) {
    // Recorded first: afterwards the tables may be the keeper's.
    RETURN_IF_ERROR(
        connection
            .Query("INSERT INTO regraft.leaf_lock_step SELECT $1, coalesce(max(step), 0) + 1, $2, "
                   "$3 FROM regraft.leaf_lock_step WHERE lock_id = $1",
                   {absl::StrCat(lock.lock_id), steps.Text(row, 0), steps.Text(row, 1)})
            .status());
    const absl::Status done = connection.Run(steps.Text(row, 0));
    if (!done.ok()) return Annotate(done, steps.Text(row, 0));
  }
  return absl::OkStatus();
}

// The role, the schema or the table of a step does not exist any more.
bool IsGone(const absl::Status& status) {
  const std::string sqlstate = pg::Sqlstate(status);
  // SET ROLE, the one setting of a step, refuses an unknown role by the last of these.
  return sqlstate == "42704" || sqlstate == "3F000" || sqlstate == pg::kUndefinedTable ||
         sqlstate == "22023";
}

absl::StatusOr<bool> IsMember(pg::Connection& connection, const std::string& keeper) {
  ASSIGN_OR_RETURN(
      const pg::Result member,
      connection.Query("SELECT pg_has_role(current_user, $1::name, 'USAGE')", {keeper}));
  return member.Bool(0, 0);
}

}  // namespace

absl::Status TakePrivileges(pg::Connection& connection, const LockState& lock) {
  for (const std::string& schema : lock.schemas) {
    ASSIGN_OR_RETURN(
        const pg::Result steps,
        connection.Query(kSchemaSteps, {schema, lock.keeper, lock.guarded ? "true" : "false"}));
    RETURN_IF_ERROR(Take(connection, lock, steps));
  }
  if (!lock.guarded) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pg::Result steps, connection.Query(kTableSteps, {lock.keeper}));
  return Take(connection, lock, steps);
}

absl::Status GiveBackPrivileges(pg::Connection& connection, const LockState& lock,
                                std::vector<std::string>* lost) {
  ASSIGN_OR_RETURN(const pg::Result steps,
                   connection.Query("SELECT undo FROM regraft.leaf_lock_step WHERE lock_id = $1 "
                                    "ORDER BY step DESC",
                                    {absl::StrCat(lock.lock_id)}));
  for (int row = 0; row < steps.rows(); ++row) {
    RETURN_IF_ERROR(connection.Run("SAVEPOINT regraft_step"));
    const absl::Status done = connection.Run(steps.Text(row, 0));
    if (done.ok()) {
      RETURN_IF_ERROR(connection.Run("RELEASE SAVEPOINT regraft_step"));
      continue;
    }
    if (!IsGone(done)) return Annotate(done, steps.Text(row, 0));
    RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT regraft_step"));
    lost->push_back(absl::StrCat(steps.Text(row, 0), ": ", done.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> JoinKeeper(pg::Connection& connection, const std::string& keeper) {
  ASSIGN_OR_RETURN(const bool superuser, IsSuperuser(connection));
  ASSIGN_OR_RETURN(const bool member, IsMember(connection, keeper));
  if (superuser || member) return false;
  const std::string grant = absl::StrCat("GRANT ", pg::QuoteIdentifier(keeper), " TO CURRENT_USER");
  const absl::Status joined = connection.Run(grant);
  if (joined.ok()) return true;
  return Annotate(joined, absl::StrCat("this role may not act for ", keeper,
                                       ", which owns the locked schemas; whoever administers "
                                       "roles must run: ",
                                       grant));
}

absl::Status LeaveKeeper(pg::Connection& connection, const std::string& keeper) {
  return connection.Run(absl::StrCat("REVOKE ", pg::QuoteIdentifier(keeper), " FROM CURRENT_USER"));
}

}  // namespace regraft::leaf_lock
