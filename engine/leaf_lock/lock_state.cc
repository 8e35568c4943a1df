#include "engine/base/status_macros.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/parts.h"
#include "engine/pg/patience.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

std::string BeginSql(int seconds) {
  return absl::StrCat("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ",
                      pg::LockTimeoutSql(seconds),
                      "; SELECT pg_advisory_xact_lock(hashtextextended('regraft.leaf_lock', 0))");
}

}  // namespace

absl::StatusOr<std::optional<LockState>> FindLock(pg::Connection& connection) {
  // By a query: a name look-up would fail for who may not use the schema.
  ASSIGN_OR_RETURN(
      const pg::Result exists,
      connection.Execute(
          "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
          "WHERE n.nspname = 'regraft' AND c.relname = 'leaf_lock')"));
  if (!exists.Bool(0, 0)) return std::nullopt;
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Execute("SELECT lock_id, keeper, guarded, plan_name, locked_by, "
                                      "locked_at FROM regraft.leaf_lock WHERE lifted_at IS NULL"));
  if (found.rows() == 0) return std::nullopt;
  LockState state{.lock_id = found.Int64(0, 0),
                  .keeper = found.Text(0, 1),
                  .guarded = found.Bool(0, 2),
                  .plan_name = found.Text(0, 3),
                  .locked_by = found.Text(0, 4),
                  .locked_at = found.Text(0, 5),
                  .schemas = {},
                  .parts = {}};
  ASSIGN_OR_RETURN(
      const pg::Result schemas,
      connection.Execute("SELECT schema_name FROM regraft.locked_schema ORDER BY schema_name"));
  for (int row = 0; row < schemas.rows(); ++row) state.schemas.push_back(schemas.Text(row, 0));
  return state;
}

absl::StatusOr<std::optional<LockState>> FindWholeLock(pg::Connection& connection) {
  ASSIGN_OR_RETURN(std::optional<LockState> lock, FindLock(connection));
  if (!lock.has_value()) return lock;
  ASSIGN_OR_RETURN(lock->parts, ReadParts(connection, lock->lock_id));
  return lock;
}

absl::StatusOr<bool> IsSuperuser(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result superuser,
      connection.Execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"));
  return superuser.Bool(0, 0);
}

absl::StatusOr<std::string> KeeperName(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result name,
      connection.Execute(
          "SELECT 'regraft_keeper_' || CASE WHEN octet_length(current_database()) <= 48 THEN "
          "current_database() ELSE md5(current_database()) END"));
  return name.Text(0, 0);
}

absl::Status InTransaction(pg::Connection& connection, const WaitOptions& wait,
                           const std::function<absl::Status()>& work) {
  return pg::InTransaction(connection, BeginSql(wait.seconds),
                           {.seconds = wait.seconds,
                            .on_wait = [&] { wait.say("waiting for others who use the tables"); }},
                           work);
}

}  // namespace regraft::leaf_lock
