#include "engine/approval/transaction.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

namespace regraft::approval {

absl::Status WithGrant(pg::Connection& connection, const absl::Status& status) {
  if (pg::Sqlstate(status) != pg::kInsufficientPrivilege) return status;
  const auto name = connection.Execute("SELECT quote_ident(session_user)");
  const std::string role = name.ok() ? name->Text(0, 0) : "ROLE";
  return Annotate(status,
                  absl::StrCat("this role may not do that with the ledger; its owner decides: "
                               "GRANT USAGE ON SCHEMA regraft TO ",
                               role,
                               "; GRANT SELECT, INSERT, UPDATE ON regraft.version, "
                               "regraft.approval, regraft.plan_run, regraft.answer TO ",
                               role, ";"));
}

absl::Status MakeLedger(pg::Connection& connection) {
  const absl::StatusOr<bool> present = ledger::HasApprovals(connection);
  if (!present.ok()) return WithGrant(connection, present.status());
  return *present ? absl::OkStatus() : ledger::Install(connection);
}

absl::Status Locked(pg::Connection& connection, const std::string& key,
                    const std::function<absl::Status()>& work) {
  // Read committed: what is read after the lock was obtained must be what its last holder left.
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
  absl::Status done = connection.Run("SET LOCAL lock_timeout = '10s'");
  if (done.ok())
    done = connection
               .Query("SELECT pg_advisory_xact_lock(hashtextextended('regraft.' || $1, 0))", {key})
               .status();
  if (pg::Sqlstate(done) == pg::kLockNotAvailable)
    done = WithKind(Annotate(done, "others are approving or answering the same for 10 s"),
                    FailureKind::kLock);
  if (done.ok()) done = work();
  if (done.ok()) return connection.Commit();
  // The work's failure is the cause; a session that is lost has rolled back by itself.
  connection.Run("ROLLBACK").IgnoreError();
  return WithGrant(connection, done);
}

}  // namespace regraft::approval
