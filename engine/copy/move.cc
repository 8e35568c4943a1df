#include "engine/analysis/value_checks.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/limits.h"
#include "engine/copy/source_count.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace regraft::copy {
namespace {

// How long a writer's failure may stay unheard while no rows are sent to it.
constexpr std::chrono::milliseconds kLookAtWriters{1000};

absl::StatusOr<std::vector<ledger::Chunk>> OpenChunks(Job* job) {
  ASSIGN_OR_RETURN(std::vector<ledger::Chunk> chunks,
                   ledger::ReadChunks(*job->target_control, job->run.run_id));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                   ledger::ReadDone(*job->target_control, job->run.run_id));
  std::set<int64_t> finished;
  for (const ledger::DoneChunk& chunk : done) finished.insert(chunk.number);
  std::erase_if(chunks,
                [&](const ledger::Chunk& chunk) { return finished.contains(chunk.number); });
  return chunks;
}

// Known to the ledger before the first such row: whoever finishes this copy, with whatever flags,
// must prove the foreign keys.
absl::Status RecordUncheckedKeys(Job* job) {
  if (job->trigger_mode != execution::TriggerMode::kReplica) return absl::OkStatus();
  job->runs.back().foreign_keys_unchecked = job->run.foreign_keys_unchecked = true;
  return ledger::UpdateRun(*job->target_control, job->run);
}

// An error in the first row of a chunk is heard behind the last one, or when the next rows are
// sent: with a slow source that may take hours. The server knows it at once.
absl::Status CheckWriters(Job* job) {
  ASSIGN_OR_RETURN(
      const pg::Result failed,
      job->target_control->Execute(absl::StrCat(
          "SELECT count(*) FROM regraft.worker w LEFT JOIN pg_stat_activity a ON a.pid = w.pid"
          " AND a.backend_start = w.backend_start WHERE w.run_id = ",
          job->run.run_id, " AND (a.pid IS NULL OR a.state = 'idle in transaction (aborted)')")));
  // A cancellation, so that the writer's own words come before these.
  return failed.Int64(0, 0) == 0 ? absl::OkStatus()
                                 : absl::CancelledError("a writer's session has failed");
}

// The sessions whose locks and records the copy stands on while the lanes work.
absl::Status CheckSessions(Job* job) {
  for (std::optional<pg::Connection>* session :
       {&job->source_lock, &job->target_lock, &job->copy_lock, &job->target_control,
        &job->source_control})
    if (session->has_value()) RETURN_IF_ERROR((*session)->CheckAlive());
  return absl::OkStatus();
}

// Disabling triggers inside takes one transaction, hence one lane.
int LanesFor(const Job& job, size_t chunks) {
  if (job.trigger_mode == execution::TriggerMode::kDisabledInside) return 1;
  return std::max(1, std::min(job.options.jobs, static_cast<int>(chunks)));
}

execution::MoveRequest MakeRequest(const Job& job, int jobs) {
  return {.source = job.options.source,
          .target = job.options.target,
          .snapshot = job.snapshot,
          .run_id = job.run.run_id,
          .jobs = jobs,
          .limits = LimitsFor(job.options.max_memory_bytes, jobs),
          .trigger_mode = job.trigger_mode,
          .lock_wait_seconds = job.options.lock_wait_seconds};
}

absl::Status Move(Job* job, const SourceCount& count) {
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks, OpenChunks(job));
  const Stopwatch watch;
  execution::Progress progress;
  execution::MoveRequest request = MakeRequest(*job, LanesFor(*job, chunks.size()));
  Deadline next_look = Deadline::After(kLookAtWriters);
  request.check = [&]() -> absl::Status {
    RETURN_IF_ERROR(count.CheckAlive());
    RETURN_IF_ERROR(CheckSessions(job));
    if (!next_look.passed()) return absl::OkStatus();
    next_look = Deadline::After(kLookAtWriters);
    return CheckWriters(job);
  };
  request.stop_wanted = job->options.stop_wanted;
  request.on_tick = [&](const execution::Progress& now) {
    job->options.on_tick({.phase = "copying",
                          .rows = now.rows,
                          .bytes = now.bytes,
                          .bytes_expected = job->plan.source.total_bytes(),
                          .seconds = watch.seconds()});
  };
  const absl::Status moved =
      chunks.empty() ? absl::OkStatus() : MoveChunks(job->plan, chunks, request, &progress);
  job->run.seconds_copy += watch.seconds();
  job->runs.back().seconds_copy = job->run.seconds_copy;
  job->report->seconds_copy = job->run.seconds_copy;
  if (!moved.ok() || !job->options.stop_wanted()) return moved;
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> left, OpenChunks(job));
  if (left.empty()) return absl::OkStatus();
  return Stopped(absl::StrCat("stopped on purpose with ", left.size(), " chunks of ",
                              job->report->source, " not yet copied; the same command continues"));
}

absl::Status CompareCount(Job* job, int64_t counted) {
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                   ledger::ReadDone(*job->target_control, job->run.run_id));
  int64_t rows = job->run.remainder_rows;
  for (const ledger::DoneChunk& chunk : done) rows += chunk.written.rows;
  job->report->rows_source = counted;
  job->report->rows_remainder = job->run.remainder_rows;
  job->report->remainder_table = job->run.remainder_name.value_or("");
  job->runs.back().source_rows = counted;
  if (rows == counted) return absl::OkStatus();
  return Differences(absl::StrCat("count(*) of ", job->report->source, " is ", counted,
                                  ", but the chunks hold ", rows,
                                  " rows, those set aside included"));
}

}  // namespace

absl::Status MoveRows(Job* job) {
  RETURN_IF_ERROR(RecordUncheckedKeys(job));
  SourceCount count(job, analysis::FromWholeSource(job->plan, ""));
  if (absl::Status moved = Move(job, count); !moved.ok()) {
    count.Stop();
    return count.CauseOf(moved);
  }
  const auto counted = count.Get();
  RETURN_IF_ERROR(counted.status());
  RETURN_IF_ERROR(CheckSessions(job));  // locked to the end, or it is not known what stood still
  job->exporter.reset();  // an open snapshot would hold back vacuum and concurrent index builds
  return CompareCount(job, *counted);
}

}  // namespace regraft::copy
