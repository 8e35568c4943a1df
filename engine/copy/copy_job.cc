#include "engine/copy/copy_job.h"

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/lock.h"
#include "engine/pg/patience.h"

#include "absl/strings/str_cat.h"

namespace regraft::copy {
namespace {

absl::Status LockAndPlan(Job* job) {
  RETURN_IF_ERROR(Prepare(job));
  ASSIGN_OR_RETURN(job->copy_lock,
                   HoldCopyLock(job->Target("copy-lock"), CopyLockKey(*job),
                                {job->options.lock_wait_seconds, job->options.say}));
  RETURN_IF_ERROR(EndSessions(*job->copy_lock, CopyLockKey(*job),
                              {job->options.lock_wait_seconds, job->options.say}));
  return JoinSessions(*job->target_control, CopyLockKey(*job));
}

absl::Status VerifyAgain(Job* job) {
  RETURN_IF_ERROR(job->target_control->Commit());
  job->planning = false;
  job->report->already_done = true;
  job->report->rows_source = job->run.source_rows.value_or(0);
  job->report->rows_remainder = job->run.remainder_rows;
  job->report->remainder_table = job->run.remainder_name.value_or("");
  RETURN_IF_ERROR(EndWorkersOfAllRuns(job));
  RETURN_IF_ERROR(FinishTarget(job));
  AdviseOnSequences(job);
  if (!job->options.verify) return ReadAllDone(job).status();
  return ProveRun(job, job->run.state == ledger::RunState::kCopied);
}

absl::Status Move(Job* job) {
  RETURN_IF_ERROR(GuardTarget(job));
  RETURN_IF_ERROR(MoveRows(job));
  return FinishMove(job);
}

// After a failure: what has been done so far, on a session that an interrupt does not concern.
void ReportWhatIsDone(Job* job) {
  pg::ConnectOptions options = job->Target("target-report");
  options.scope = nullptr;
  auto connection = pg::Connection::Open(options);
  if (!connection.ok()) return;
  job->target_control = *std::move(connection);
  // The time that was spent belongs to the run, whoever ends it.
  ledger::UpdateSeconds(*job->target_control, job->run).IgnoreError();
  ReadAllDone(job).IgnoreError();
}

absl::Status ConcludeCopy(Job* job) {
  if (!job->options.conclude) return absl::OkStatus();
  if (!job->source_lock.has_value())
    return BadPlan(absl::StrCat(job->report->source, " cannot be locked, and so not be concluded"));
  return job->options.conclude(*job->source_lock);
}

absl::Status Run(Job* job) {
  RETURN_IF_ERROR(LockAndPlan(job));
  ASSIGN_OR_RETURN(Decision decision, Decide(job));
  const bool verify_again = decision == Decision::kVerifyAgain;
  if (verify_again && !job->options.conclude) return VerifyAgain(job);
  // The source was unlocked since the rows were read: it is read again, as after an interruption.
  const bool by_chunk = !verify_again || job->run.state == ledger::RunState::kCopied;
  if (verify_again) {
    job->report->already_done = true;
    decision = Decision::kResume;
    RETURN_IF_ERROR(job->target_control->Commit());
    RETURN_IF_ERROR(EndWorkersOfAllRuns(job));
    RETURN_IF_ERROR(job->target_control->Run("BEGIN"));
  }
  RETURN_IF_ERROR(LockSource(job));
  RETURN_IF_ERROR(TakeSnapshot(job));
  RETURN_IF_ERROR(decision == Decision::kResume ? ResumeRun(job) : StartRun(job));
  if (const absl::Status moved = Move(job); !moved.ok()) {
    ReportWhatIsDone(job);
    return moved;
  }
  AdviseOnSequences(job);
  if (!job->options.verify) return ReadAllDone(job).status();
  if (job->options.stop_wanted())
    return Stopped(absl::StrCat("stopped on purpose with all rows of ", job->report->source,
                                " copied and not yet verified; the same command continues"));
  RETURN_IF_ERROR(ProveRun(job, by_chunk));
  return ConcludeCopy(job);
}

void Begin(const CopyOptions& options, CopyReport* report) {
  *report = {.source = pg::DisplayName(options.request.source),
             .target = pg::DisplayName(options.request.target),
             .provenance = plan::DiscriminatorWords(options.request.mapping),
             .jobs = options.jobs,
             .max_memory_bytes = options.max_memory_bytes};
}

absl::Status Discard(const CopyOptions& options, bool must_exist, CopyReport* report) {
  Begin(options, report);
  Job job{.options = options, .report = report};
  RETURN_IF_ERROR(LockAndPlan(&job));
  RETURN_IF_ERROR(FindRuns(&job));
  if (!job.runs.empty()) return DiscardRuns(&job);
  if (!must_exist || options.tolerate_absent) return absl::OkStatus();
  return BadPlan(absl::StrCat("the ledger knows no such copy from ", report->source, " into ",
                              report->target,
                              ": nothing to discard (the flags must be those of the copy)"));
}

}  // namespace

std::string CopyLockKey(const Job& job) {
  return absl::StrCat("regraft.copy ", job.plan.target.oid, " ", job.plan.back.provenance);
}

absl::Status Stopped(const std::string& words) {
  return WithKind(absl::CancelledError(words), FailureKind::kStopped);
}

absl::Status RunCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  Begin(options, report);
  if (options.restart) {
    CopyReport discarded;
    RETURN_IF_ERROR(pg::NameLockTimeout(options.lock_wait_seconds,
                                        Discard(options, /*must_exist=*/false, &discarded)));
  }
  Job job{.options = options, .report = report};
  absl::Status status = pg::NameLockTimeout(options.lock_wait_seconds, Run(&job));
  report->seconds_total = watch.seconds();
  return status;
}

absl::Status DiscardCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  absl::Status status =
      pg::NameLockTimeout(options.lock_wait_seconds, Discard(options, /*must_exist=*/true, report));
  report->seconds_total = watch.seconds();
  return status;
}

}  // namespace regraft::copy
