#include "engine/pg/patience.h"

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/pause.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <chrono>

namespace regraft::pg {

int LockTimeoutMs(int seconds) {
  constexpr int kLeastMs = 100, kMostMs = 3000;
  return std::clamp(1000 * std::min(seconds, kMostMs / 1000), kLeastMs, kMostMs);
}

std::string LockTimeoutSql(int seconds) {
  return absl::StrCat("SET LOCAL lock_timeout = ", LockTimeoutMs(seconds));
}

bool IsLockedOut(const absl::Status& status) {
  const std::string sqlstate = Sqlstate(status);
  return sqlstate == kLockNotAvailable || sqlstate == kDeadlockDetected;
}

absl::Status NameLockTimeout(int seconds, const absl::Status& status) {
  if (Sqlstate(status) != kLockNotAvailable || KindOf(status) != FailureKind::kError) return status;
  return WithKind(
      Annotate(status, absl::StrCat("somebody holds a lock that this needs, for longer than ",
                                    seconds, " s; try again, or with a larger --lock-wait")),
      FailureKind::kLock);
}

absl::Status UntilNotLockedOut(const Patience& patience,
                               const std::function<absl::Status()>& attempt) {
  const Deadline deadline = Deadline::After(std::chrono::seconds(patience.seconds));
  for (bool first = true;; first = false) {
    absl::Status done = attempt();
    if (!IsLockedOut(done)) return done;
    if (deadline.passed())
      return WithKind(
          Annotate(done, absl::StrCat("somebody held a lock that this needs for ", patience.seconds,
                                      " s; the same command again is safe")),
          FailureKind::kLock);
    RETURN_IF_ERROR(patience.go_on());
    if (first) patience.on_wait();
    PauseBetweenAttempts();
  }
}

absl::Status InTransaction(Connection& connection, const std::string& begin,
                           const Patience& patience, const std::function<absl::Status()>& work) {
  return UntilNotLockedOut(patience, [&] {
    absl::Status done = connection.Run(begin);
    if (done.ok()) done = work();
    if (done.ok()) done = connection.Commit();
    // The work's failure is the cause; a session that is lost has rolled back by itself.
    if (!done.ok()) connection.Run("ROLLBACK").IgnoreError();
    return done;
  });
}

}  // namespace regraft::pg
