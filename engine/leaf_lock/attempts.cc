#include "engine/leaf_lock/attempts.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/permit.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"

namespace regraft::leaf_lock {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA regraft_lock_test;
CREATE SCHEMA regraft_lock_test_free;
CREATE TABLE regraft_lock_test.leaf (id int PRIMARY KEY, note text);
CREATE TABLE regraft_lock_test.archive (id int);
CREATE TABLE regraft_lock_test.parts (id int) PARTITION BY RANGE (id);
CREATE TABLE regraft_lock_test.part PARTITION OF regraft_lock_test.parts FOR VALUES FROM (0) TO (9);
CREATE TABLE regraft_lock_test_free.loose (id int);
INSERT INTO regraft_lock_test.archive VALUES (1);
INSERT INTO regraft.locked_schema VALUES ('regraft_lock_test');
INSERT INTO regraft.registry (relation, schema_name, relation_name, sub_hub, leaf_type, path, origin)
SELECT c.oid, 'regraft_lock_test', c.relname, 'regraft lock --test',
  CASE c.relname WHEN 'archive' THEN 'ARCHIVE' ELSE 'CANONICAL' END, 'test', 'register'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'regraft_lock_test' AND c.relname IN ('leaf', 'archive', 'parts'))sql";

enum class Kind {
  kCreation,  // every lock refuses it
  kChange,    // the guard refuses it; privileges alone cannot
  kFree,      // no lock refuses it
  kInside,    // CREATE within a locked schema that is no new leaf: privileges alone refuse it too
  kSwitch     // what only a superuser may, and nobody can refuse him
};

struct Trial {
  Kind kind;
  const char* what;
  const char* sql;
};

// L and F stand for the two schemas.
constexpr Trial kTrials[] = {
    {Kind::kCreation, "CREATE TABLE", "CREATE TABLE L.new (id int)"},
    {Kind::kCreation, "CREATE TABLE, name with a dot", "CREATE TABLE L.\"a.b\" (id int)"},
    {Kind::kCreation, "CREATE TABLE AS", "CREATE TABLE L.new AS SELECT 1 AS id"},
    {Kind::kCreation, "SELECT INTO", "SELECT 1 AS id INTO L.new"},
    {Kind::kCreation, "CREATE UNLOGGED TABLE", "CREATE UNLOGGED TABLE L.new (id int)"},
    {Kind::kCreation, "CREATE TABLE LIKE", "CREATE TABLE L.new (LIKE L.leaf INCLUDING ALL)"},
    {Kind::kCreation, "CREATE TABLE INHERITS", "CREATE TABLE L.new () INHERITS (F.loose)"},
    {Kind::kCreation, "CREATE TABLE PARTITION BY",
     "CREATE TABLE L.new (id int) PARTITION BY LIST (id)"},
    {Kind::kCreation, "CREATE MATERIALIZED VIEW",
     "CREATE MATERIALIZED VIEW L.new AS SELECT 1 AS id"},
    {Kind::kCreation, "CREATE VIEW", "CREATE VIEW L.new AS SELECT 1 AS id"},
    {Kind::kCreation, "ALTER TABLE SET SCHEMA into", "ALTER TABLE F.loose SET SCHEMA L"},
    {Kind::kCreation, "CREATE TABLE, as a replica",
     "SET LOCAL session_replication_role = replica; CREATE TABLE L.new (id int)"},
    {Kind::kCreation, "CREATE TABLE by a function",
     "DO $$BEGIN EXECUTE 'CREATE TABLE L.new (id int)'; END$$"},
    {Kind::kChange, "ATTACH PARTITION",
     "ALTER TABLE L.parts ATTACH PARTITION F.loose FOR VALUES FROM (10) TO (20)"},
    {Kind::kChange, "INHERITS from a leaf", "CREATE TABLE F.child () INHERITS (L.leaf)"},
    {Kind::kChange, "ALTER TABLE RENAME", "ALTER TABLE L.leaf RENAME TO other"},
    {Kind::kChange, "ALTER TABLE SET SCHEMA out of", "ALTER TABLE L.leaf SET SCHEMA F"},
    {Kind::kChange, "ADD COLUMN", "ALTER TABLE L.leaf ADD COLUMN more int"},
    {Kind::kChange, "DROP COLUMN", "ALTER TABLE L.leaf DROP COLUMN note"},
    {Kind::kChange, "ALTER COLUMN TYPE", "ALTER TABLE L.leaf ALTER COLUMN id TYPE bigint"},
    {Kind::kChange, "DROP CONSTRAINT", "ALTER TABLE L.leaf DROP CONSTRAINT leaf_pkey"},
    {Kind::kChange, "DETACH PARTITION", "ALTER TABLE L.parts DETACH PARTITION L.part"},
    {Kind::kChange, "DISABLE TRIGGER ALL", "ALTER TABLE L.leaf DISABLE TRIGGER ALL"},
    {Kind::kChange, "ALTER SCHEMA RENAME", "ALTER SCHEMA L RENAME TO regraft_lock_test_other"},
    {Kind::kChange, "DROP TABLE", "DROP TABLE L.leaf"},
    {Kind::kChange, "DROP TABLE of a partition", "DROP TABLE L.part"},
    {Kind::kChange, "DROP SCHEMA CASCADE", "DROP SCHEMA L CASCADE"},
    {Kind::kChange, "TRUNCATE", "TRUNCATE L.leaf"},
    {Kind::kChange, "TRUNCATE, as a replica",
     "SET LOCAL session_replication_role = replica; TRUNCATE L.leaf"},
    {Kind::kChange, "TRUNCATE of a partitioned table", "TRUNCATE L.parts"},
    {Kind::kChange, "INSERT into an archive", "INSERT INTO L.archive VALUES (2)"},
    {Kind::kChange, "UPDATE of an archive", "UPDATE L.archive SET id = 2"},
    {Kind::kChange, "DELETE from an archive, as a replica",
     "SET LOCAL session_replication_role = replica; DELETE FROM L.archive"},
    {Kind::kFree, "INSERT", "INSERT INTO L.leaf VALUES (1, 'a')"},
    {Kind::kFree, "UPDATE", "UPDATE L.leaf SET note = 'b'"},
    {Kind::kFree, "DELETE", "DELETE FROM L.leaf"},
    {Kind::kFree, "SELECT", "SELECT * FROM L.archive"},
    {Kind::kFree, "CREATE TEMPORARY TABLE", "CREATE TEMPORARY TABLE leaf (id int)"},
    {Kind::kFree, "CREATE TABLE elsewhere", "CREATE TABLE F.other (id int)"},
    {Kind::kFree, "ALTER TABLE elsewhere", "ALTER TABLE F.loose ADD COLUMN more int"},
    {Kind::kFree, "DROP TABLE elsewhere", "DROP TABLE F.loose"},
    {Kind::kFree, "ANALYZE", "ANALYZE L.leaf"},
    {Kind::kFree, "REINDEX", "REINDEX TABLE L.leaf"},
    {Kind::kFree, "CLUSTER", "CLUSTER L.leaf USING leaf_pkey"},
    {Kind::kFree, "COMMENT", "COMMENT ON TABLE L.leaf IS 'a leaf'"},
    {Kind::kFree, "GRANT", "GRANT SELECT ON L.leaf TO PUBLIC"},
    {Kind::kFree, "ALTER TABLE SET (storage parameter)",
     "ALTER TABLE L.leaf SET (autovacuum_enabled = false)"},
    {Kind::kInside, "CREATE INDEX", "CREATE INDEX leaf_note ON L.leaf (note)"},
    {Kind::kInside, "CREATE TABLE PARTITION OF",
     "CREATE TABLE L.more PARTITION OF L.parts FOR VALUES FROM (10) TO (20)"},
    {Kind::kSwitch, "ALTER EVENT TRIGGER DISABLE",
     "ALTER EVENT TRIGGER regraft_guard_command DISABLE"},
    {Kind::kSwitch, "replacing the guard's function",
     "CREATE OR REPLACE FUNCTION regraft_guard.on_command() RETURNS event_trigger LANGUAGE plpgsql "
     "AS 'BEGIN END'"},
    {Kind::kSwitch, "DROP EVENT TRIGGER", "DROP EVENT TRIGGER regraft_guard_command"},
    {Kind::kSwitch, "writing into the registry", "UPDATE regraft.registry SET frozen = false"},
    {Kind::kSwitch, "writing a permit",
     "INSERT INTO regraft.permit VALUES (pg_current_xact_id(), pg_backend_pid(), '')"}};

Expected ExpectedOf(Kind kind, bool guarded) {
  switch (kind) {
    case Kind::kCreation:
      return Expected::kRefused;
    case Kind::kChange:
      return guarded ? Expected::kRefused : Expected::kUnenforceable;
    case Kind::kFree:
      return Expected::kAllowed;
    case Kind::kInside:
      return guarded ? Expected::kAllowed : Expected::kUnenforceable;
    case Kind::kSwitch:
      break;
  }
  return Expected::kUnenforceable;
}

std::string WithSchemas(std::string sql) {
  const auto replace = [&](const std::string& letter, const std::string& name) {
    for (size_t at = sql.find(letter); at != std::string::npos; at = sql.find(letter, at))
      sql.replace(at, letter.size(), name);
  };
  replace(" L.", " regraft_lock_test.");
  replace("(L.", "(regraft_lock_test.");
  replace(" F.", " regraft_lock_test_free.");
  replace("(F.", "(regraft_lock_test_free.");
  replace("SCHEMA L", "SCHEMA regraft_lock_test");
  replace("SCHEMA F", "SCHEMA regraft_lock_test_free");
  return sql;
}

absl::Status SetUp(pg::Connection& connection, const LockState& lock) {
  ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft lock --test"));
  // To give the schema away takes membership, as in the lock itself.
  const std::string keeper = pg::QuoteIdentifier(lock.keeper);
  RETURN_IF_ERROR(connection.Run(kTables));
  RETURN_IF_ERROR(connection.Run(absl::StrCat("ALTER SCHEMA regraft_lock_test OWNER TO ", keeper,
                                              "; GRANT USAGE ON SCHEMA regraft_lock_test TO ",
                                              "CURRENT_USER")));
  return ClosePermit(connection, permit);
}

absl::Status Try(pg::Connection& connection, const Trial& trial, AttemptsReport* report) {
  Attempt attempt{.what = trial.what,
                  .sql = WithSchemas(trial.sql),
                  .expected = ExpectedOf(trial.kind, report->lock.guarded),
                  .sqlstate = "",
                  .message = ""};
  RETURN_IF_ERROR(connection.Run("SAVEPOINT attempt"));
  absl::Status done = connection.Run(attempt.sql);
  attempt.refused = !done.ok();
  attempt.sqlstate = pg::Sqlstate(done);
  attempt.message = absl::StrCat(done.message());
  // Without a SQLSTATE it was not the server that refused.
  if (attempt.refused && attempt.sqlstate.empty()) return done;
  RETURN_IF_ERROR(connection.Run("ROLLBACK TO SAVEPOINT attempt"));
  report->attempts.push_back(std::move(attempt));
  return absl::OkStatus();
}

absl::Status TryAll(pg::Connection& connection, AttemptsReport* report) {
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindLock(connection));
  if (!lock.has_value()) return BadPlan("nothing is locked; next: regraft lock PLAN.yaml");
  report->lock = *lock;
  ASSIGN_OR_RETURN(const pg::Result state,
                   connection.Execute("SELECT current_user, (SELECT max(expires_at) FROM "
                                      "regraft.unlock WHERE expires_at > clock_timestamp())"));
  report->role = state.Text(0, 0);
  if (!state.IsNull(0, 1))
    return BadPlan(absl::StrCat("the lock is open until ", state.Text(0, 1),
                                ": nothing is refused now; try again then"));
  RETURN_IF_ERROR(SetUp(connection, *lock));
  for (const Trial& trial : kTrials)
    if (lock->guarded || trial.kind != Kind::kSwitch)
      RETURN_IF_ERROR(Try(connection, trial, report));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AttemptsReport> TryBypasses(pg::Connection& connection) {
  AttemptsReport report;
  RETURN_IF_ERROR(connection.Run("BEGIN; SET LOCAL lock_timeout = '3s'"));
  const absl::Status status = TryAll(connection, &report);
  connection.Run("ROLLBACK").IgnoreError();
  if (!status.ok()) return status;
  return report;
}

}  // namespace regraft::leaf_lock
