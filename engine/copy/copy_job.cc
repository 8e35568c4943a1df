#include "engine/copy/copy_job.h"

#include "engine/analysis/value_checks.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/limits.h"
#include "engine/copy/lock.h"
#include "engine/pg/error.h"
#include "engine/pg/snapshot.h"

#include "absl/strings/str_cat.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace regraft::copy {
namespace {

// Copy rate assumed where no earlier run says better; a first guess that errs on the slow side.
constexpr double kBytesPerSecondGuess = 60e6;

// How long a writer's failure may stay unheard while no rows are sent to it.
constexpr std::chrono::milliseconds kLookAtWriters{1000};

std::string ProvenanceWords(const plan::Mapping& mapping) {
  std::string words;
  for (const plan::Constant& constant : mapping.constants)
    absl::StrAppend(&words, words.empty() ? "" : ", ", constant.column, "=", constant.value);
  return words;
}

std::string CopyLockKey(const Job& job) {
  return absl::StrCat("regraft.copy ", job.plan.target.oid, " ", job.plan.back.provenance);
}

void SayHowLong(const Job& job) {
  const auto bytes = static_cast<double>(job.plan.source.total_bytes());
  job.options.say(absl::StrCat("writers of ", job.report->source, " wait about ",
                               static_cast<int64_t>(bytes / kBytesPerSecondGuess) + 1, " s (",
                               static_cast<int64_t>(bytes / 1e6), " MB at an assumed ",
                               static_cast<int64_t>(kBytesPerSecondGuess / 1e6),
                               " MB/s); readers do not; --no-lock lets writers go on"));
}

// Materialized views and foreign tables cannot be locked; a view locks what it reads.
bool Lockable(const catalog::Table& table) {
  return table.relkind == 'r' || table.relkind == 'p' || table.relkind == 'v';
}

absl::Status LockSource(Job* job) {
  if (!Lockable(job->plan.source)) return absl::OkStatus();
  if (job->options.lock) SayHowLong(*job);
  // TRUNCATE and rewrites do not respect snapshots: the weakest lock of all keeps them out.
  auto locked = HoldTableLock(job->Source("source-locker"), job->plan.source.name,
                              job->options.lock ? "SHARE" : "ACCESS SHARE",
                              {job->options.lock_wait_seconds, job->options.say});
  if (!locked.ok()) {
    const std::string sqlstate = pg::Sqlstate(locked.status());
    if (job->options.lock && (sqlstate == pg::kInsufficientPrivilege || sqlstate == "25006"))
      return Annotate(
          locked.status(),
          absl::StrCat("a SHARE lock on ", job->report->source,
                       " needs more than SELECT, and a primary server; --no-lock copies "
                       "without it, from one snapshot"));
    return locked.status();
  }
  job->source_lock = *std::move(locked);
  return CheckSourceStructure(job);
}

absl::Status TakeSnapshot(Job* job) {
  pg::ConnectOptions options = job->Source("source-exporter");
  job->exporter_scope = options.scope = std::make_shared<pg::CancelScope>();
  ASSIGN_OR_RETURN(job->exporter, pg::Connection::Open(options));
  ASSIGN_OR_RETURN(job->snapshot, pg::BeginAndExport(&*job->exporter));
  return absl::OkStatus();
}

// While rows are on their way nobody may add a trigger to the target, rewrite or drop it.
absl::Status GuardTarget(Job* job) {
  if (job->trigger_mode == execution::TriggerMode::kDisabledInside)
    return absl::OkStatus();  // its lane locks more
  ASSIGN_OR_RETURN(
      job->target_lock,
      HoldTableLock(job->Target("target-guard"), job->plan.target.name, "ROW EXCLUSIVE",
                    {job->options.lock_wait_seconds, job->options.say}));
  return CheckTargetStructure(job);
}

absl::StatusOr<std::vector<ledger::Chunk>> OpenChunks(Job* job) {
  ASSIGN_OR_RETURN(std::vector<ledger::Chunk> chunks,
                   ledger::ReadChunks(*job->target_control, job->run.run_id));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                   ledger::ReadDone(*job->target_control, job->run.run_id));
  std::erase_if(chunks, [&](const ledger::Chunk& chunk) {
    return std::any_of(done.begin(), done.end(),
                       [&](const ledger::DoneChunk& d) { return d.number == chunk.number; });
  });
  return chunks;
}

// A plain count(*), without our chunks, in the same snapshot: a range missed by the reader would be
// missing from both digests, and only here it shows. Runs beside the copy, on the exporter's
// connection.
class SourceCount {
 public:
  SourceCount(Job* job, const std::string& from)
      : job_(job), thread_([this, from] {
          const auto result = job_->exporter->Execute("SELECT count(*) " + from);
          status_ = result.status();
          if (result.ok()) rows_ = result->Int64(0, 0);
          finished_.store(true, std::memory_order_release);
        }) {}

  ~SourceCount() { Stop(); }

  // Whether the count, and behind it the snapshot, is still there.
  absl::Status CheckAlive() const {
    if (!finished_.load(std::memory_order_acquire)) return absl::OkStatus();
    RETURN_IF_ERROR(status_);
    return job_->exporter->CheckAlive();
  }

  // Waits for the answer; an interrupt ends that.
  absl::StatusOr<int64_t> Get() {
    const auto& user = job_->options.source.scope;
    while (!finished_.load(std::memory_order_acquire)) {
      if (user != nullptr && user->cancelled()) Stop();
      std::this_thread::sleep_for(kLookAgain);
    }
    if (user != nullptr && user->cancelled())
      return absl::CancelledError("interrupted while the source was counted");
    if (!status_.ok()) return status_;
    return rows_;
  }

  // A cancel may come before the statement has begun, so it is repeated.
  void Stop() {
    while (!finished_.load(std::memory_order_acquire)) {
      job_->exporter_scope->Cancel();
      std::this_thread::sleep_for(kLookAgain);
    }
  }

 private:
  static constexpr std::chrono::milliseconds kLookAgain{50};

  Job* job_;
  absl::Status status_;
  int64_t rows_ = -1;
  std::atomic<bool> finished_ = false;
  std::jthread thread_;  // last: starts when the rest is there
};

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

// After a failure: what has been done so far, on a session that an interrupt does not concern.
void ReportWhatIsDone(Job* job) {
  pg::ConnectOptions options = job->Target("target-report");
  options.scope = nullptr;
  auto connection = pg::Connection::Open(options);
  if (!connection.ok()) return;
  job->target_control = *std::move(connection);
  ReadAllDone(job).IgnoreError();
}

absl::Status Move(Job* job, const SourceCount& count) {
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks, OpenChunks(job));
  const Stopwatch watch;
  const bool single = job->trigger_mode == execution::TriggerMode::kDisabledInside;
  const int jobs =
      single ? 1 : std::max(1, std::min(job->options.jobs, static_cast<int>(chunks.size())));
  execution::Progress progress;
  execution::MoveRequest request{.source = job->options.source,
                                 .target = job->options.target,
                                 .snapshot = job->snapshot,
                                 .run_id = job->run.run_id,
                                 .jobs = jobs,
                                 .limits = LimitsFor(job->options.max_memory_bytes, jobs),
                                 .trigger_mode = job->trigger_mode,
                                 .lock_wait_seconds = job->options.lock_wait_seconds};
  Deadline next_look = Deadline::After(kLookAtWriters);
  request.check = [&]() -> absl::Status {
    RETURN_IF_ERROR(count.CheckAlive());
    RETURN_IF_ERROR(CheckSessions(job));
    if (!next_look.passed()) return absl::OkStatus();
    next_look = Deadline::After(kLookAtWriters);
    return CheckWriters(job);
  };
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
  return moved;
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

// What the target still needs after its rows: of every run, because one may have been killed in the
// middle of it. Registered, so that the next program ends an index build that a dead one has left
// running.
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

// Known to the ledger before the first such row: whoever finishes this copy, with whatever flags,
// must prove the foreign keys.
absl::Status RecordUncheckedKeys(Job* job) {
  if (job->trigger_mode != execution::TriggerMode::kReplica) return absl::OkStatus();
  job->runs.back().foreign_keys_unchecked = job->run.foreign_keys_unchecked = true;
  return ledger::UpdateRun(*job->target_control, job->run);
}

// The last commit is synchronous: it makes every earlier one durable.
absl::Status FinishMove(Job* job) {
  job->runs.back().state = ledger::RunState::kCopied;
  RETURN_IF_ERROR(job->target_control->Run("SET synchronous_commit = on"));
  RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, job->runs.back()));
  job->run = job->runs.back();
  job->target_lock.reset();  // index builds need a stronger lock than ours allows
  return FinishTarget(job);
}

absl::Status MoveAndFinish(Job* job) {
  RETURN_IF_ERROR(GuardTarget(job));
  RETURN_IF_ERROR(RecordUncheckedKeys(job));
  SourceCount count(job, analysis::FromWholeSource(job->plan, ""));
  if (const absl::Status moved = Move(job, count); !moved.ok()) {
    count.Stop();
    ReportWhatIsDone(job);
    return moved;
  }
  const auto counted = count.Get();
  RETURN_IF_ERROR(counted.status());
  RETURN_IF_ERROR(CheckSessions(job));  // locked to the end, or it is not known what stood still
  job->exporter.reset();  // an open snapshot would hold back vacuum and concurrent index builds
  RETURN_IF_ERROR(CompareCount(job, *counted));
  return FinishMove(job);
}

absl::Status LockAndPlan(Job* job) {
  RETURN_IF_ERROR(Prepare(job));
  ASSIGN_OR_RETURN(job->copy_lock,
                   HoldCopyLock(job->Target("copy-lock"), CopyLockKey(*job),
                                {job->options.lock_wait_seconds, job->options.say}));
  return absl::OkStatus();
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

absl::Status Run(Job* job) {
  RETURN_IF_ERROR(LockAndPlan(job));
  ASSIGN_OR_RETURN(Decision decision, Decide(job));
  if (decision == Decision::kVerifyAgain) return VerifyAgain(job);
  RETURN_IF_ERROR(LockSource(job));
  RETURN_IF_ERROR(TakeSnapshot(job));
  RETURN_IF_ERROR(decision == Decision::kResume ? ResumeRun(job) : StartRun(job));
  RETURN_IF_ERROR(MoveAndFinish(job));
  AdviseOnSequences(job);
  if (!job->options.verify) return ReadAllDone(job).status();
  return ProveRun(job, /*by_chunk=*/true);
}

void Begin(const CopyOptions& options, CopyReport* report) {
  *report = {.source = pg::DisplayName(options.request.source),
             .target = pg::DisplayName(options.request.target),
             .provenance = ProvenanceWords(options.request.mapping),
             .jobs = options.jobs,
             .max_memory_bytes = options.max_memory_bytes};
}

absl::Status Discard(const CopyOptions& options, bool must_exist, CopyReport* report) {
  Begin(options, report);
  Job job{.options = options, .report = report};
  RETURN_IF_ERROR(LockAndPlan(&job));
  RETURN_IF_ERROR(FindRuns(&job));
  if (!job.runs.empty()) return DiscardRuns(&job);
  if (!must_exist) return absl::OkStatus();
  return BadPlan(absl::StrCat("the ledger knows no such copy from ", report->source, " into ",
                              report->target,
                              ": nothing to discard (the flags must be those of the copy)"));
}

// Any statement may meet a lock; only those that are made for waiting say whose it is.
absl::Status NameLockTimeout(const CopyOptions& options, const absl::Status& status) {
  if (pg::Sqlstate(status) != pg::kLockNotAvailable || KindOf(status) != FailureKind::kError)
    return status;
  return WithKind(
      Annotate(status, absl::StrCat("somebody holds a lock that this needs, for longer than ",
                                    options.lock_wait_seconds,
                                    " s; try again, or with a larger --lock-wait")),
      FailureKind::kLock);
}

}  // namespace

absl::Status RunCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  Begin(options, report);
  if (options.restart) {
    CopyReport discarded;
    RETURN_IF_ERROR(NameLockTimeout(options, Discard(options, /*must_exist=*/false, &discarded)));
  }
  Job job{.options = options, .report = report};
  const absl::Status status = NameLockTimeout(options, Run(&job));
  report->seconds_total = watch.seconds();
  return status;
}

absl::Status DiscardCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  const absl::Status status =
      NameLockTimeout(options, Discard(options, /*must_exist=*/true, report));
  report->seconds_total = watch.seconds();
  return status;
}

}  // namespace regraft::copy
