#include "engine/ledger/schema.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

#include <array>

namespace regraft::ledger {
namespace {

// One entry per version; each runs once, in a transaction of its own. Never edit one that was
// released.
constexpr std::array<const char*, 3> kMigrations = {R"sql(
CREATE TABLE regraft.version (
  version      int PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE regraft.copy (
  copy_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity_digest  text NOT NULL UNIQUE,
  identity         jsonb NOT NULL,
  source_name      text NOT NULL,
  source_oid       oid NOT NULL,
  source_database  text NOT NULL,
  same_database    boolean NOT NULL,
  target_name      text NOT NULL,
  target_oid       oid NOT NULL,
  provenance       text NOT NULL,
  read_back        jsonb NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE regraft.copy IS 'One row per copy: what goes where, and how it is proved';

CREATE TABLE regraft.run (
  run_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  copy_id            bigint NOT NULL REFERENCES regraft.copy,
  state              text NOT NULL CHECK (state IN ('copying', 'copied', 'verified', 'different', 'discarded')),
  started_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at        timestamptz,
  verified_at        timestamptz,
  target_created     boolean NOT NULL DEFAULT false,
  foreign_keys_unchecked boolean NOT NULL DEFAULT false,
  others_rows        bigint NOT NULL,
  others_digest      text,
  source_rows        bigint,
  landed_rows        bigint,
  landed_digest      text,
  remainder_name     text,
  remainder_oid      oid,
  remainder_rows     bigint NOT NULL DEFAULT 0,
  remainder_digest   text,
  seconds_copy       double precision NOT NULL DEFAULT 0,
  seconds_verify     double precision NOT NULL DEFAULT 0
);
COMMENT ON TABLE regraft.run IS 'One row per execution of a copy; a resumed execution keeps its row';

CREATE TABLE regraft.chunk (
  run_id       bigint NOT NULL REFERENCES regraft.run,
  chunk        bigint NOT NULL,
  leaf_oid     oid NOT NULL,
  leaf_schema  text NOT NULL,
  leaf_name    text NOT NULL,
  leaf_kind    "char" NOT NULL,
  has_ctid     boolean NOT NULL,
  first_block  bigint NOT NULL,
  end_block    bigint NOT NULL,
  PRIMARY KEY (run_id, chunk)
);
COMMENT ON TABLE regraft.chunk IS 'The work list of a run, stored before its first row moves; end_block -1 is open';

CREATE TABLE regraft.chunk_done (
  run_id          bigint NOT NULL,
  chunk           bigint NOT NULL,
  xid             xid8 NOT NULL,
  rows            bigint NOT NULL,
  source_bytes    bigint NOT NULL,
  source_digest   text NOT NULL,
  written_bytes   bigint NOT NULL,
  written_digest  text NOT NULL,
  finished_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, chunk),
  FOREIGN KEY (run_id, chunk) REFERENCES regraft.chunk
);
COMMENT ON TABLE regraft.chunk_done IS 'Committed in the same transaction as the rows it counts';

CREATE TABLE regraft.remainder (
  run_id    bigint NOT NULL REFERENCES regraft.run,
  leaf_oid  oid NOT NULL,
  row_ctid  tid NOT NULL,
  reason    text NOT NULL,
  winner    text,
  PRIMARY KEY (run_id, leaf_oid, row_ctid)
);
COMMENT ON TABLE regraft.remainder IS 'Rows that cannot enter the target, why, and what stands in their place';

CREATE TABLE regraft.step (
  run_id   bigint NOT NULL REFERENCES regraft.run,
  step     int NOT NULL,
  sql      text NOT NULL,
  done_at  timestamptz,
  PRIMARY KEY (run_id, step)
);
COMMENT ON TABLE regraft.step IS 'What remains to be done to the target after its rows (indexes of a created table)';

CREATE TABLE regraft.worker (
  run_id         bigint NOT NULL REFERENCES regraft.run,
  pid            int NOT NULL,
  backend_start  timestamptz NOT NULL,
  PRIMARY KEY (run_id, pid, backend_start)
);
COMMENT ON TABLE regraft.worker IS 'Sessions that may still be writing for a run whose program has died';

CREATE VIEW regraft.accounting AS
SELECT c.source_name AS source, c.target_name AS target, c.provenance AS discriminator, r.run_id, r.state,
       r.source_rows AS rows_source, coalesce(d.rows, 0)::bigint AS rows_target, r.remainder_rows AS rows_remainder,
       r.remainder_name AS remainder_table, r.landed_digest, r.verified_at
FROM regraft.run r
JOIN regraft.copy c USING (copy_id)
LEFT JOIN (SELECT run_id, sum(rows) AS rows FROM regraft.chunk_done GROUP BY run_id) d USING (run_id)
WHERE r.state <> 'discarded';
COMMENT ON VIEW regraft.accounting IS 'rows_source = rows_target + rows_remainder, for every run';
)sql",
                                                    R"sql(
CREATE TABLE regraft.approval (
  approval_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_sha256            text NOT NULL CHECK (plan_sha256 ~ '^[0-9a-f]{64}$'),
  number                 bigint NOT NULL CHECK (number > 0),
  approved_by            text NOT NULL CHECK (approved_by <> ''),
  note                   text NOT NULL DEFAULT '',
  session_role           text NOT NULL DEFAULT session_user,
  client_address         inet DEFAULT inet_client_addr(),
  approved_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at             timestamptz NOT NULL CHECK (expires_at >= approved_at),
  revoked_at             timestamptz,
  revoked_by             text,
  revoke_reason          text,
  revoke_session_role    text,
  revoke_client_address  inet,
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX approval_of_plan ON regraft.approval (plan_sha256, number);
COMMENT ON TABLE regraft.approval IS 'Who approved a saved plan; consumed when plan_run has its plan and number';

CREATE TABLE regraft.plan_run (
  run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_sha256   text NOT NULL,
  number        bigint NOT NULL CHECK (number > 0),
  session_role  text NOT NULL DEFAULT session_user,
  started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (plan_sha256, number)
);
COMMENT ON TABLE regraft.plan_run IS 'Runs of saved plans; each consumes the approvals of its plan and number';

CREATE TABLE regraft.answer (
  answer_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  question_digest  text NOT NULL,
  question_id      text NOT NULL,
  table_name       text NOT NULL,
  question         text NOT NULL,
  choice           text NOT NULL,
  answered_by      text NOT NULL CHECK (answered_by <> ''),
  reason           text NOT NULL CHECK (reason <> ''),
  session_role     text NOT NULL DEFAULT session_user,
  client_address   inet DEFAULT inet_client_addr(),
  answered_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  superseded_at    timestamptz
);
CREATE UNIQUE INDEX answer_in_force ON regraft.answer (question_digest) WHERE superseded_at IS NULL;
COMMENT ON TABLE regraft.answer IS 'Answers to the questions of plans; one of them in force per question';
)sql",
                                                    R"sql(
CREATE TABLE regraft.plan_action (
  run_id           bigint NOT NULL REFERENCES regraft.plan_run,
  action_id        text NOT NULL,
  position         int NOT NULL,
  kind             text NOT NULL,
  source           text NOT NULL,
  target           text NOT NULL,
  discriminator    text NOT NULL,
  state            text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'undone')),
  rows_source      bigint,
  rows_target      bigint,
  rows_remainder   bigint,
  remainder_table  text,
  source_digest    text,
  rebuilt_digest   text,
  started_at       timestamptz,
  finished_at      timestamptz,
  verified_at      timestamptz,
  undone_at        timestamptz,
  error            text,
  PRIMARY KEY (run_id, action_id),
  UNIQUE (run_id, position),
  CHECK (rows_source = rows_target + rows_remainder)
);
COMMENT ON TABLE regraft.plan_action IS 'One row per action of a run; the state commits together with what was done';

CREATE TABLE regraft.plan_step (
  run_id     bigint NOT NULL,
  action_id  text NOT NULL,
  step       int NOT NULL,
  sql        text NOT NULL,
  undo       text NOT NULL,
  done_at    timestamptz,
  undone_at  timestamptz,
  PRIMARY KEY (run_id, action_id, step),
  FOREIGN KEY (run_id, action_id) REFERENCES regraft.plan_action
);
COMMENT ON TABLE regraft.plan_step IS 'Statements of an action, and what takes each back';

CREATE TABLE regraft.plan_dossier (
  run_id    bigint NOT NULL REFERENCES regraft.plan_run,
  relation  oid NOT NULL,
  name      text NOT NULL,
  facts     jsonb NOT NULL,
  PRIMARY KEY (run_id, relation)
);
COMMENT ON TABLE regraft.plan_dossier IS 'How the run left each relation, as the catalog says it; the next step compares';
)sql"};

// The version with which a part of the ledger came.
constexpr int64_t kCopiesSince = 1, kApprovalsSince = 2, kPlanActionsSince = 3;

// Serialises the installation of two programs that start at the same moment.
constexpr const char* kInstallLock =
    "SELECT pg_advisory_xact_lock(hashtextextended('regraft.install', 0))";

// Fails where this role may read the version but not work with the rest.
constexpr const char* kTryToRead =
    "SELECT FROM regraft.copy, regraft.run, regraft.chunk, regraft.chunk_done, regraft.step, "
    "regraft.worker LIMIT 0";

absl::StatusOr<int64_t> InstalledVersion(pg::Connection& connection) {
  // By a query, because a name look-up would answer from what this session cached before it waited.
  ASSIGN_OR_RETURN(
      const pg::Result exists,
      connection.Execute(
          "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          " WHERE n.nspname = 'regraft' AND c.relname = 'version')"));
  if (!exists.Bool(0, 0)) return 0;
  ASSIGN_OR_RETURN(const pg::Result version,
                   connection.Execute("SELECT coalesce(max(version), 0) FROM regraft.version"));
  return version.Int64(0, 0);
}

absl::Status Newer(int64_t installed) {
  return absl::FailedPreconditionError(absl::StrCat("the ledger has version ", installed,
                                                    ", this program knows ", kMigrations.size(),
                                                    ": use a newer regraft"));
}

absl::StatusOr<bool> HasSince(pg::Connection& connection, int64_t version) {
  ASSIGN_OR_RETURN(const int64_t installed, InstalledVersion(connection));
  if (installed > static_cast<int64_t>(kMigrations.size())) return Newer(installed);
  return installed >= version;
}

absl::Status Migrate(pg::Connection& connection) {
  RETURN_IF_ERROR(connection.Run(kInstallLock));
  ASSIGN_OR_RETURN(const int64_t installed, InstalledVersion(connection));
  // CREATE SCHEMA IF NOT EXISTS would need the privilege even where the owner has made the schema
  // for us.
  ASSIGN_OR_RETURN(
      const pg::Result schema,
      connection.Execute("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'regraft')"));
  if (!schema.Bool(0, 0)) RETURN_IF_ERROR(connection.Run("CREATE SCHEMA regraft"));
  for (size_t version = static_cast<size_t>(installed); version < kMigrations.size(); ++version) {
    RETURN_IF_ERROR(connection.Run(kMigrations[version]));
    RETURN_IF_ERROR(connection.Run(
        absl::StrCat("INSERT INTO regraft.version (version) VALUES (", version + 1, ")")));
  }
  return connection.Commit();
}

absl::Status WithOwnersSql(pg::Connection& connection, const absl::Status& status) {
  if (pg::Sqlstate(status) != pg::kInsufficientPrivilege) return status;
  const auto names =
      connection.Execute("SELECT quote_ident(current_database()), quote_ident(current_user)");
  const std::string database = names.ok() ? names->Text(0, 0) : "DATABASE";
  const std::string role = names.ok() ? names->Text(0, 1) : "ROLE";
  return Annotate(
      status,
      absl::StrCat(
          "the ledger (schema regraft) is missing or not ours, and this role may not make it; "
          "the owner of the database must run: CREATE SCHEMA IF NOT EXISTS regraft AUTHORIZATION ",
          role, ";  (or: GRANT CREATE ON DATABASE ", database, " TO ", role,
          ";); where schema regraft is another role's, that role must run: "
          "GRANT USAGE ON SCHEMA regraft TO ",
          role, "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA regraft TO ", role,
          ";"));
}

}  // namespace

absl::StatusOr<bool> IsInstalled(pg::Connection& connection) {
  return HasSince(connection, kCopiesSince);
}

absl::StatusOr<bool> HasApprovals(pg::Connection& connection) {
  return HasSince(connection, kApprovalsSince);
}

absl::StatusOr<bool> HasPlanActions(pg::Connection& connection) {
  return HasSince(connection, kPlanActionsSince);
}

absl::Status Install(pg::Connection& connection) {
  const absl::StatusOr<int64_t> found = InstalledVersion(connection);
  if (!found.ok()) return WithOwnersSql(connection, found.status());
  const int64_t installed = *found;
  constexpr auto kVersion = static_cast<int64_t>(kMigrations.size());
  if (installed == kVersion) return WithOwnersSql(connection, connection.Run(kTryToRead));
  if (installed > kVersion) return Newer(installed);
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  absl::Status migrated = Migrate(connection);
  if (migrated.ok()) return migrated;
  RETURN_IF_ERROR(connection.Run("ROLLBACK"));
  return WithOwnersSql(connection, migrated);
}

}  // namespace regraft::ledger
