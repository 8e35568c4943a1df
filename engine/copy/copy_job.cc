#include "engine/copy/copy_job.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "engine/analysis/value_checks.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/limits.h"
#include "engine/copy/lock.h"
#include "engine/pg/error.h"
#include "engine/pg/snapshot.h"

namespace regraft::copy {
namespace {

// Copy rate assumed where no earlier run says better; a first guess that errs on the slow side.
constexpr double kBytesPerSecondGuess = 60e6;

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
  job.options.say(absl::StrCat(
      "writers of ", job.report->source, " wait about ", static_cast<int64_t>(bytes / kBytesPerSecondGuess) + 1,
      " s (", static_cast<int64_t>(bytes / 1e6), " MB at an assumed ", static_cast<int64_t>(kBytesPerSecondGuess / 1e6),
      " MB/s); readers do not; --no-lock lets writers go on"));
}

// Materialized views and foreign tables cannot be locked; a view locks what it reads.
bool Lockable(const catalog::Table& table) { return table.relkind == 'r' || table.relkind == 'p' || table.relkind == 'v'; }

absl::Status LockSource(Job* job) {
  if (!job->options.lock || !Lockable(job->plan.source)) return absl::OkStatus();
  SayHowLong(*job);
  auto locked = HoldTableLock(job->Source("source-locker"), job->plan.source.name, "SHARE",
                              {job->options.lock_wait_seconds, job->options.say});
  if (!locked.ok()) {
    const std::string sqlstate = pg::Sqlstate(locked.status());
    if (sqlstate == pg::kInsufficientPrivilege || sqlstate == "25006")
      return Annotate(locked.status(), absl::StrCat("a SHARE lock on ", job->report->source,
                                                    " needs more than SELECT, and a primary server; --no-lock copies "
                                                    "without it, from one snapshot"));
    return locked.status();
  }
  job->source_lock = *std::move(locked);
  return absl::OkStatus();
}

absl::Status TakeSnapshot(Job* job) {
  ASSIGN_OR_RETURN(job->exporter, pg::Connection::Open(job->Source("source-exporter")));
  ASSIGN_OR_RETURN(job->snapshot, pg::BeginAndExport(&*job->exporter));
  return absl::OkStatus();
}

// While rows are on their way nobody may add a trigger to the target, rewrite or drop it.
absl::Status GuardTarget(Job* job) {
  if (job->trigger_mode == execution::TriggerMode::kDisabledInside) return absl::OkStatus();  // its lane locks more
  ASSIGN_OR_RETURN(job->target_lock, HoldTableLock(job->Target("target-guard"), job->plan.target.name, "ROW EXCLUSIVE",
                                                   {job->options.lock_wait_seconds, job->options.say}));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ledger::Chunk>> OpenChunks(Job* job) {
  ASSIGN_OR_RETURN(std::vector<ledger::Chunk> chunks, ledger::ReadChunks(*job->target_control, job->run.run_id));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ledger::ReadDone(*job->target_control, job->run.run_id));
  std::erase_if(chunks, [&](const ledger::Chunk& chunk) {
    return std::any_of(done.begin(), done.end(), [&](const ledger::DoneChunk& d) { return d.number == chunk.number; });
  });
  return chunks;
}

absl::Status Move(Job* job) {
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks, OpenChunks(job));
  const Stopwatch watch;
  const bool single = job->trigger_mode == execution::TriggerMode::kDisabledInside;
  const int jobs = single ? 1 : std::max(1, std::min(job->options.jobs, static_cast<int>(chunks.size())));
  execution::Progress progress;
  execution::MoveRequest request{.source = job->options.source,
                                 .target = job->options.target,
                                 .snapshot = job->snapshot,
                                 .run_id = job->run.run_id,
                                 .jobs = jobs,
                                 .limits = LimitsFor(job->options.max_memory_bytes, jobs),
                                 .trigger_mode = job->trigger_mode};
  request.on_tick = [&](const execution::Progress& now) {
    job->options.on_tick({.phase = "copying",
                          .rows = now.rows,
                          .bytes = now.bytes,
                          .bytes_expected = job->plan.source.total_bytes(),
                          .seconds = watch.seconds()});
  };
  const absl::Status moved = chunks.empty() ? absl::OkStatus() : MoveChunks(job->plan, chunks, request, &progress);
  job->run.seconds_copy += watch.seconds();
  job->runs.back().seconds_copy = job->run.seconds_copy;
  job->report->seconds_copy = job->run.seconds_copy;
  return moved;
}

// A plain count(*), without our chunks, in the same snapshot: a range missed by the reader would be missing
// from both digests, and only here it shows. Runs beside the copy, on the exporter's idle connection.
class SourceCount {
 public:
  SourceCount(Job* job, const std::string& from) : thread_([this, job, from] {
    const auto result = job->exporter->Execute("SELECT count(*) " + from);
    status_ = result.status();
    if (result.ok()) rows_ = result->Int64(0, 0);
  }) {}

  absl::StatusOr<int64_t> Get() {
    thread_.join();
    if (!status_.ok()) return status_;
    return rows_;
  }

 private:
  absl::Status status_;
  int64_t rows_ = -1;
  std::jthread thread_;  // last: starts when the rest is there
};

absl::Status CompareCount(Job* job, int64_t counted) {
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ledger::ReadDone(*job->target_control, job->run.run_id));
  int64_t rows = job->run.remainder_rows;
  for (const ledger::DoneChunk& chunk : done) rows += chunk.written.rows;
  job->report->rows_source = counted;
  job->report->rows_remainder = job->run.remainder_rows;
  job->report->remainder_table = job->run.remainder_name.value_or("");
  job->runs.back().source_rows = counted;
  if (rows == counted) return absl::OkStatus();
  return Differences(absl::StrCat("count(*) of ", job->report->source, " is ", counted, ", but the chunks hold ", rows,
                                  " rows, those set aside included"));
}

// The last commit is synchronous: it makes every earlier one durable.
absl::Status FinishMove(Job* job) {
  job->runs.back().state = ledger::RunState::kCopied;
  RETURN_IF_ERROR(job->target_control->Run("SET synchronous_commit = on"));
  RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, job->runs.back()));
  job->run = job->runs.back();
  job->target_lock.reset();  // index builds need a stronger lock than ours allows
  RETURN_IF_ERROR(ledger::RunSteps(*job->target_control, job->run.run_id));
  if (job->trigger_mode == execution::TriggerMode::kReplica) RETURN_IF_ERROR(ProveForeignKeys(job));
  return absl::OkStatus();
}

absl::Status MoveAndFinish(Job* job) {
  RETURN_IF_ERROR(GuardTarget(job));
  SourceCount count(job, analysis::FromWholeSource(job->plan, ""));
  const absl::Status moved = Move(job);
  const auto counted = count.Get();
  RETURN_IF_ERROR(moved);
  RETURN_IF_ERROR(counted.status());
  job->exporter.reset();  // an open snapshot would hold back vacuum and concurrent index builds
  RETURN_IF_ERROR(CompareCount(job, *counted));
  return FinishMove(job);
}

absl::Status LockAndPlan(Job* job) {
  RETURN_IF_ERROR(Prepare(job));
  ASSIGN_OR_RETURN(job->copy_lock, HoldCopyLock(job->Target("copy-lock"), CopyLockKey(*job),
                                                {job->options.lock_wait_seconds, job->options.say}));
  return absl::OkStatus();
}

absl::Status VerifyAgain(Job* job) {
  RETURN_IF_ERROR(job->target_control->Commit());
  job->planning = false;
  job->report->already_done = true;
  job->report->seconds_copy = job->run.seconds_copy;
  job->report->rows_source = job->run.source_rows.value_or(0);
  job->report->rows_remainder = job->run.remainder_rows;
  job->report->remainder_table = job->run.remainder_name.value_or("");
  if (!job->options.verify) return ReadAllDone(job).status();
  RETURN_IF_ERROR(ledger::RunSteps(*job->target_control, job->run.run_id));
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
  return BadPlan(absl::StrCat("the ledger knows no such copy from ", report->source, " into ", report->target,
                              ": nothing to discard (the flags must be those of the copy)"));
}

}  // namespace

absl::Status RunCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  if (options.restart) {
    CopyReport discarded;
    RETURN_IF_ERROR(Discard(options, /*must_exist=*/false, &discarded));
  }
  Begin(options, report);
  Job job{.options = options, .report = report};
  absl::Status status = Run(&job);
  report->seconds_total = watch.seconds();
  return status;
}

absl::Status DiscardCopy(const CopyOptions& options, CopyReport* report) {
  const Stopwatch watch;
  const absl::Status status = Discard(options, /*must_exist=*/true, report);
  report->seconds_total = watch.seconds();
  return status;
}

}  // namespace regraft::copy
