#include "engine/ledger/schema.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/migrations.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

#include <array>

namespace regraft::ledger {
namespace {

// One entry per version; each runs once, in a transaction of its own.
const std::array kMigrations = {kCopiesMigration,     kApprovalsMigration,  kPlanActionsMigration,
                                kPlanProofsMigration, kLeafLockMigration,   kAuditsMigration,
                                kCleanMigration,      kLeafBeforeMigration, kLockPartsMigration,
                                kPlanStorageMigration};

// The version with which a part of the ledger came.
constexpr int64_t kCopiesSince = 1, kApprovalsSince = 2, kPlanActionsSince = 4, kAuditsSince = 6,
                  kCleanSince = 7, kLeafBeforeSince = 8, kLockPartsSince = 9,
                  kPlanStorageSince = 10;

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

absl::StatusOr<bool> HasAudits(pg::Connection& connection) {
  return HasSince(connection, kAuditsSince);
}

absl::StatusOr<bool> HasClean(pg::Connection& connection) {
  return HasSince(connection, kCleanSince);
}

absl::StatusOr<bool> HasLeafBefore(pg::Connection& connection) {
  return HasSince(connection, kLeafBeforeSince);
}

absl::StatusOr<bool> HasLockParts(pg::Connection& connection) {
  return HasSince(connection, kLockPartsSince);
}

absl::StatusOr<bool> HasPlanStorage(pg::Connection& connection) {
  return HasSince(connection, kPlanStorageSince);
}

absl::Status Install(pg::Connection& connection) {
  const absl::StatusOr<int64_t> found = InstalledVersion(connection);
  if (!found.ok()) return WithOwnersSql(connection, found.status());
  const int64_t installed = *found;
  const auto newest = static_cast<int64_t>(kMigrations.size());
  if (installed == newest) return WithOwnersSql(connection, connection.Run(kTryToRead));
  if (installed > newest) return Newer(installed);
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  absl::Status migrated = Migrate(connection);
  if (migrated.ok()) return migrated;
  RETURN_IF_ERROR(connection.Run("ROLLBACK"));
  return WithOwnersSql(connection, migrated);
}

}  // namespace regraft::ledger
