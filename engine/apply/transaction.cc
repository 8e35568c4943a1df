#include "engine/apply/run.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/permit.h"

namespace regraft::apply {

pg::Patience PatienceOf(Run* run) {
  return {.seconds = run->options.lock_wait_seconds,
          .on_wait = [run] { run->options.say("waiting for others who use the table"); },
          .go_on = [run]() -> absl::Status {
            if (!run->options.stop_wanted()) return absl::OkStatus();
            return copy::Stopped(
                "stopped on purpose while waiting for a lock; the same command continues");
          }};
}

absl::Status WithPermit(Run* run, pg::Connection& connection,
                        const std::function<absl::Status()>& work) {
  ASSIGN_OR_RETURN(const leaf_lock::Permit permit,
                   leaf_lock::OpenPermit(connection, run->options.plan.sha256));
  RETURN_IF_ERROR(work());
  return leaf_lock::ClosePermit(connection, permit);
}

absl::Status InTransaction(Run* run, const std::function<absl::Status()>& work) {
  return pg::InTransaction(run->connection,
                           "BEGIN; " + pg::LockTimeoutSql(run->options.lock_wait_seconds),
                           PatienceOf(run), [&] { return WithPermit(run, run->connection, work); });
}

}  // namespace regraft::apply
