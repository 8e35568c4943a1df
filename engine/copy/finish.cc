#include "engine/base/status_macros.h"
#include "engine/copy/job.h"

#include <algorithm>

namespace regraft::copy {

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
  for (const ledger::RunRecord& run : job->runs)
    RETURN_IF_ERROR(ledger::RunSteps(*job->target_control, run.run_id));
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
