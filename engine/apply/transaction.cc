#include "engine/apply/run.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/lock.h"
#include "engine/leaf_lock/permit.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <chrono>

namespace regraft::apply {
namespace {

bool IsLockedOut(const absl::Status& status) {
  const std::string sqlstate = pg::Sqlstate(status);
  return sqlstate == pg::kLockNotAvailable || sqlstate == pg::kDeadlockDetected;
}

absl::Status Attempt(Run* run, const std::function<absl::Status()>& work) {
  pg::Connection& connection = run->connection;
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  absl::Status done = connection.Run(LockTimeoutSql(*run));
  if (done.ok()) done = WithPermit(run, connection, work);
  if (done.ok()) done = connection.Commit();
  // The work's failure is the cause; a session that is lost has rolled back by itself.
  if (!done.ok()) connection.Run("ROLLBACK").IgnoreError();
  return done;
}

}  // namespace

std::string LockTimeoutSql(const Run& run) {
  constexpr int kLeastMs = 100, kMostMs = 3000;
  return absl::StrCat("SET LOCAL lock_timeout = ",
                      std::clamp(1000 * std::min(run.options.lock_wait_seconds, kMostMs / 1000),
                                 kLeastMs, kMostMs));
}

absl::Status WithPermit(Run* run, pg::Connection& connection,
                        const std::function<absl::Status()>& work) {
  ASSIGN_OR_RETURN(const leaf_lock::Permit permit,
                   leaf_lock::OpenPermit(connection, run->options.plan.sha256));
  RETURN_IF_ERROR(work());
  return leaf_lock::ClosePermit(connection, permit);
}

absl::Status InTransaction(Run* run, const std::function<absl::Status()>& work) {
  const int seconds = run->options.lock_wait_seconds;
  const Deadline deadline = Deadline::After(std::chrono::milliseconds(1000 * seconds));
  for (bool first = true;; first = false) {
    const absl::Status done = Attempt(run, work);
    if (!IsLockedOut(done)) return done;
    if (deadline.passed())
      return WithKind(Annotate(done, absl::StrCat("somebody held a lock that this needs for ",
                                                  seconds, " s; the same command again is safe")),
                      FailureKind::kLock);
    if (run->options.stop_wanted())
      return copy::Stopped(
          "stopped on purpose while waiting for a lock; the same command continues");
    if (first) run->options.say("waiting for others who use the table");
    copy::PauseBetweenAttempts();
  }
}

}  // namespace regraft::apply
