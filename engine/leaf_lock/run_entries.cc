#include "engine/leaf_lock/run_entries.h"

#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

// $1 run, $2 action, $3 the relation.
constexpr const char* kKeep =
    "INSERT INTO regraft.leaf_before (run_id, action_id, sub_hub, leaf_type, path, origin, "
    "registered_by, registered_at) SELECT $1, $2, r.sub_hub, r.leaf_type, r.path, r.origin, "
    "r.registered_by, r.registered_at FROM (SELECT $3::oid) AS o(relation) LEFT JOIN "
    "regraft.registry r ON r.relation = o.relation";

constexpr const char* kRestore =
    "UPDATE regraft.registry r SET sub_hub = b.sub_hub, leaf_type = coalesce(b.leaf_type, "
    "'UNCLASSIFIED'), path = b.path, origin = coalesce(b.origin, 'run'), registered_by = "
    "coalesce(b.registered_by, session_user), registered_at = coalesce(b.registered_at, "
    "clock_timestamp()) FROM regraft.leaf_before b WHERE (b.run_id, b.action_id) = ($1, $2) AND "
    "r.relation = $3::oid";

// What nobody has classified is a leaf only where it is locked.
constexpr const char* kForget =
    "DELETE FROM regraft.registry r USING regraft.leaf_before b, pg_class c JOIN pg_namespace n ON "
    "n.oid = c.relnamespace WHERE (b.run_id, b.action_id) = ($1, $2) AND b.leaf_type IS NULL AND "
    "r.relation = $3::oid AND c.oid = r.relation AND NOT EXISTS (SELECT FROM "
    "regraft.locked_schema l WHERE l.schema_name = n.nspname)";

// $1 schema, $2 name, $3 the target, $4 the source, $5 the action, $6 who, $7 the leaf type. A row
// that a run or a lock has made without knowing better is not what anybody said.
constexpr const char* kRegister = R"sql(
WITH made AS (
  SELECT c.oid, n.nspname, c.relname, l.sub_hub,
    CASE WHEN l.sub_hub IS NULL THEN 'UNCLASSIFIED' ELSE $7 END AS leaf_type,
    concat_ws('/', l.path, $5::text) AS path
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN regraft.locked_schema s ON s.schema_name = n.nspname
  LEFT JOIN LATERAL (SELECT r.sub_hub, r.path FROM regraft.registry r
    WHERE r.relation IN ($3::oid, $4::oid) AND r.sub_hub IS NOT NULL
    ORDER BY r.relation = $3::oid DESC LIMIT 1) AS l ON true
  WHERE (n.nspname, c.relname) = ($1::name, $2::name) AND c.relkind IN ('r', 'p')
), known AS (
  UPDATE regraft.registry r SET sub_hub = m.sub_hub, leaf_type = m.leaf_type, path = m.path,
    registered_by = $6, origin = 'register', session_role = session_user,
    registered_at = clock_timestamp()
  FROM made m WHERE r.relation = m.oid AND r.leaf_type = 'UNCLASSIFIED' AND r.origin IN ('lock', 'run')
)
INSERT INTO regraft.registry (relation, schema_name, relation_name, sub_hub, leaf_type, path,
  registered_by, origin)
SELECT m.oid, m.nspname, m.relname, m.sub_hub, m.leaf_type, m.path, $6, 'register' FROM made m
WHERE NOT EXISTS (SELECT FROM regraft.registry r WHERE r.relation = m.oid
  OR (r.schema_name, r.relation_name) = (m.nspname, m.relname))
)sql";

pg::Parameters Key(const ActionOfRun& action) {
  return {absl::StrCat(action.run_id), action.action_id};
}

pg::Parameters KeyAndSource(const ActionOfRun& action) {
  pg::Parameters parameters = Key(action);
  parameters.push_back(absl::StrCat(action.source));
  return parameters;
}

}  // namespace

absl::Status KeepEntry(pg::Connection& connection, const ActionOfRun& action) {
  // A run that an earlier version began goes on with the tables of then.
  ASSIGN_OR_RETURN(const bool can_keep, ledger::HasLeafBefore(connection));
  if (!can_keep) return absl::OkStatus();
  // Of an attempt that was taken back.
  RETURN_IF_ERROR(connection
                      .Query("DELETE FROM regraft.leaf_before WHERE (run_id, action_id) = ($1, $2)",
                             Key(action))
                      .status());
  return connection.Query(kKeep, KeyAndSource(action)).status();
}

absl::Status RestoreEntry(pg::Connection& connection, const ActionOfRun& action) {
  ASSIGN_OR_RETURN(const bool can_keep, ledger::HasLeafBefore(connection));
  if (!can_keep) return absl::OkStatus();
  RETURN_IF_ERROR(connection.Query(kRestore, KeyAndSource(action)).status());
  return connection.Query(kForget, KeyAndSource(action)).status();
}

absl::Status RegisterRemainder(pg::Connection& connection, const ActionOfRun& action,
                               const pg::QualifiedName& remainder) {
  return connection
      .Query(kRegister, {remainder.schema, remainder.name, absl::StrCat(action.target),
                         absl::StrCat(action.source), action.action_id,
                         absl::StrCat("run ", action.run_id, ", action ", action.action_id),
                         std::string(kRemainderLeafType)})
      .status();
}

absl::Status RegisterRemainders(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Execute("SELECT run_id, action_id, source_oid, target_oid, remainder_table FROM "
                         "regraft.plan_action WHERE state = 'done' AND remainder_table <> '' AND "
                         "kind IN ('merge', 'merge_jsonb', 'merge_cols') ORDER BY 1, position"));
  for (int row = 0; row < found.rows(); ++row) {
    ASSIGN_OR_RETURN(const pg::QualifiedName remainder, pg::ParseQualifiedName(found.Text(row, 4)));
    RETURN_IF_ERROR(RegisterRemainder(connection,
                                      {.run_id = found.Int64(row, 0),
                                       .action_id = found.Text(row, 1),
                                       .source = static_cast<uint32_t>(found.Int64(row, 2)),
                                       .target = static_cast<uint32_t>(found.Int64(row, 3))},
                                      remainder));
  }
  return absl::OkStatus();
}

}  // namespace regraft::leaf_lock
