#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/pg/patience.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::copy {
namespace {

// An index needs a lock that waits for the copies that others make into the same table, and their
// lanes would queue behind it: tried for a while, let go, and tried again. Steps that are done stay
// done.
absl::Status RunSteps(Job* job, int64_t run_id) {
  pg::Connection& connection = *job->target_control;
  const int seconds = job->options.lock_wait_seconds;
  RETURN_IF_ERROR(connection.Run(absl::StrCat("SET lock_timeout = ", pg::LockTimeoutMs(seconds))));
  const auto wait = [job] {
    job->options.say(
        absl::StrCat("the indexes of ", job->report->target, " wait for others who work with it"));
  };
  RETURN_IF_ERROR(pg::UntilNotLockedOut({.seconds = seconds, .on_wait = wait}, [&] {
    absl::Status run = ledger::RunSteps(connection, run_id);
    if (!run.ok()) connection.Run("ROLLBACK").IgnoreError();
    return run;
  }));
  return connection.Run(absl::StrCat("SET lock_timeout = ", std::max(1, 1000 * seconds)));
}

}  // namespace

// The last commit is synchronous: it makes every earlier one durable.
absl::Status FinishMove(Job* job) {
  job->runs.back().state = ledger::RunState::kCopied;
  RETURN_IF_ERROR(job->target_control->Run("SET synchronous_commit = on"));
  RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, job->runs.back()));
  job->run = job->runs.back();
  job->target_lock.reset();  // index builds need a stronger lock than ours allows
  return FinishTarget(job);
}

// The steps of every run, because one may have been killed in the middle of them. Registered, so
// that the next program ends an index build that a dead one has left running.
absl::Status FinishTarget(Job* job) {
  RETURN_IF_ERROR(ledger::RegisterWorker(*job->target_control, job->run.run_id));
  absl::Status steps;
  for (const ledger::RunRecord& run : job->runs)
    if (steps.ok()) steps = RunSteps(job, run.run_id);
  // On failure too: the session builds nothing any more, and may serve another run.
  const absl::Status forgotten = ledger::ForgetWorkers(*job->target_control, job->run.run_id);
  RETURN_IF_ERROR(steps);
  RETURN_IF_ERROR(forgotten);
  const bool unchecked =
      std::any_of(job->runs.begin(), job->runs.end(),
                  [](const ledger::RunRecord& run) { return run.foreign_keys_unchecked; });
  if (!unchecked) return absl::OkStatus();
  RETURN_IF_ERROR(ProveForeignKeys(job));
  for (ledger::RunRecord& run : job->runs) {
    run.foreign_keys_unchecked = false;
    RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, run));
  }
  job->run = job->runs.back();
  return absl::OkStatus();
}

}  // namespace regraft::copy
