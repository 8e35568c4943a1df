#include "engine/ledger/apply_lock.h"

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/pause.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"

#include "absl/strings/str_cat.h"

#include <chrono>

namespace regraft::ledger {
namespace {

std::string Holder(pg::Connection& connection) {
  const auto holder = connection.Execute(absl::StrCat(
      "SELECT string_agg(format('pid %s (%s, %s)', a.pid, a.application_name, a.usename), ', ') "
      "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND "
      "l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = "
      "current_database()) AND ((l.classid::bigint << 32) | l.objid::bigint) = ",
      kApplyLockNumber));
  return holder.ok() && !holder->IsNull(0, 0) ? holder->Text(0, 0) : "a session that has just gone";
}

}  // namespace

absl::Status TakeApplyLock(pg::Connection& connection, int wait_seconds,
                           const std::function<void(const std::string&)>& say) {
  const Deadline deadline = Deadline::After(std::chrono::seconds(wait_seconds));
  for (bool first = true;; first = false) {
    ASSIGN_OR_RETURN(
        const pg::Result got,
        connection.Execute(absl::StrCat("SELECT pg_try_advisory_lock(", kApplyLockNumber, ")")));
    if (got.Bool(0, 0)) return absl::OkStatus();
    const std::string holder = Holder(connection);
    if (deadline.passed())
      return WithKind(absl::UnavailableError(absl::StrCat(
                          "another plan is applied or undone in this database, or data is "
                          "repaired, by ",
                          holder, "; try again when that has ended")),
                      FailureKind::kLock);
    if (first) say("another plan is at work in this database: " + holder);
    PauseBetweenAttempts();
  }
}

}  // namespace regraft::ledger
