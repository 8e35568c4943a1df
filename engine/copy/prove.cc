#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/recheck.h"
#include "engine/verification/compare.h"
#include "engine/verification/read_back.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace regraft::copy {
namespace {

// Somebody may write to the target while we copy: that is theirs to know, and not a fault of the
// copy, unless triggers were allowed to act, which are part of what the copy does.
void CompareOthers(const Job& job, const verification::ReadBack& read_back,
                   verification::Comparison* comparison) {
  if (!job.run.others_digest.has_value()) return;
  if (read_back.others.rows == job.run.others_rows &&
      read_back.others.sum.Hex() == *job.run.others_digest)
    return;
  const std::string what = absl::StrCat("the rows of others in ", job.report->target,
                                        " have changed meanwhile: ", job.run.others_rows,
                                        " before, ", read_back.others.rows, " now");
  const bool triggers_act = job.options.request.allow.contains(std::string(plan::kTriggerFires)) &&
                            !job.plan.target.triggers.empty() &&
                            job.run.state != ledger::RunState::kVerified;
  if (triggers_act) {
    comparison->findings.push_back({std::nullopt, what + ", and triggers were allowed to act"});
  } else {
    job.options.say(what);
  }
}

// What the server filled in (defaults, generated columns) belongs to the rows too, once it was
// verified.
void CompareLanded(const Job& job, const verification::ReadBack& read_back,
                   verification::Comparison* comparison) {
  const auto& recorded = job.runs.back().landed_digest;
  if (!comparison->findings.empty() || !recorded.has_value()) return;
  if (*recorded == read_back.Total().landed.sum.Hex()) return;
  comparison->chunks_verified = 0;
  comparison->findings.push_back(
      {std::nullopt,
       "the copied columns are intact, but columns that the copy did not fill have changed"});
}

// The ledger's own numbers, and the rows set aside, which are nowhere else once the source is gone.
absl::Status CompareRecords(Job* job, verification::Comparison* comparison) {
  for (const ledger::RunRecord& run : job->runs) {
    ASSIGN_OR_RETURN(std::vector<std::string> damage, LedgerDamage(*job->target_control, run));
    ASSIGN_OR_RETURN(const std::string remainder,
                     RemainderDamage(*job->target_control, job->Target("target-remainder"),
                                     job->plan.back, run));
    if (!remainder.empty()) damage.push_back(remainder);
    for (const std::string& sentence : damage)
      comparison->findings.push_back({std::nullopt, sentence});
  }
  return absl::OkStatus();
}

// Shows how far the reading is, from a thread of its own: the job's waits for the reading. Bytes
// are those of the rows as sent, in proportion.
class Ticker {
 public:
  Ticker(const Job& job, const std::atomic<int64_t>& rows_read)
      : thread_([this, &job, &rows_read] {
          const Stopwatch watch;
          const auto bytes_per_row = static_cast<double>(job.report->bytes) /
                                     static_cast<double>(std::max<int64_t>(1, job.report->rows));
          do {
            const int64_t rows = rows_read.load(std::memory_order_relaxed);
            job.options.on_tick(
                {.phase = "verifying",
                 .rows = rows,
                 .bytes = static_cast<int64_t>(bytes_per_row * static_cast<double>(rows)),
                 .bytes_expected = job.report->bytes,
                 .seconds = watch.seconds()});
          } while (!ended_.WaitForNotificationWithTimeout(absl::Milliseconds(50)));
        }) {}
  ~Ticker() { ended_.Notify(); }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  absl::Notification ended_;
  std::jthread thread_;
};

absl::Status Conclude(Job* job, const verification::Comparison& comparison,
                      const verification::ReadBack& read_back, bool equal) {
  job->report->chunks_verified = comparison.chunks_verified;
  job->report->verified = equal;
  for (const verification::Finding& finding : comparison.findings)
    job->report->differences.push_back(
        finding.chunk.has_value() ? absl::StrCat("chunk ", *finding.chunk, ": ", finding.what)
                                  : finding.what);
  for (ledger::RunRecord& run : job->runs) {
    run.state = equal ? ledger::RunState::kVerified : ledger::RunState::kDifferent;
    if (run.run_id == job->run.run_id) run.seconds_verify += job->report->seconds_verify;
    // The whole landed row, of all runs together, is what undoing will be held against.
    if (equal) {
      run.landed_rows = read_back.Total().landed.rows;
      run.landed_digest = read_back.Total().landed.sum.Hex();
    }
    RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, run));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ledger::DoneChunk>> ReadAllDone(Job* job) {
  std::vector<ledger::DoneChunk> all;
  digest::SetDigest source, written, aside;
  job->report->chunks = 0;
  job->report->seconds_copy = 0;
  for (const ledger::RunRecord& run : job->runs) {
    job->report->seconds_copy += run.seconds_copy;
    ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                     ledger::ReadDone(*job->target_control, run.run_id));
    for (const ledger::DoneChunk& chunk : done) {
      source += chunk.source;
      written += chunk.written;
    }
    if (run.remainder_digest.has_value()) {
      ASSIGN_OR_RETURN(const auto sum, digest::Digest128::FromHex(*run.remainder_digest));
      aside += {.sum = sum, .rows = run.remainder_rows, .bytes = 0};
    }
    all.insert(all.end(), done.begin(), done.end());
    ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks,
                     ledger::ReadChunks(*job->target_control, run.run_id));
    job->report->chunks += static_cast<int64_t>(chunks.size());
  }
  job->report->rows = written.rows;
  job->report->bytes = written.bytes;
  job->report->source_digest = source.sum.Hex();
  job->report->written_digest = written.sum.Hex();
  source += aside;
  job->report->whole_source_digest = source.sum.Hex();
  return all;
}

std::string MineSql(const Job& job, const std::vector<ledger::DoneChunk>& done) {
  if (!job.plan.back.provenance.empty()) return job.plan.back.provenance;
  if (job.run.others_rows == 0 &&
      !job.options.request.allow.contains(std::string(plan::kNoProvenance)))
    return "true";
  const std::string xids = absl::StrJoin(
      done, ",",
      [](std::string* out, const ledger::DoneChunk& chunk) { absl::StrAppend(out, chunk.xmin()); });
  return absl::StrCat("s.xmin = ANY ('{", xids, "}'::xid[])");
}

absl::Status ProveRun(Job* job, bool by_chunk) {
  const Stopwatch watch;
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ReadAllDone(job));
  // As it is now: the plan knows its size before the copy, and all lanes shall have a share.
  ASSIGN_OR_RETURN(const catalog::Table target,
                   catalog::ReadTable(*job->target_control, job->plan.target.oid));
  std::atomic<int64_t> rows_read = 0;
  std::optional<Ticker> ticker(std::in_place, *job, rows_read);
  const auto read = verification::ReadTargetBack({.connect = job->Target("target-verify"),
                                                  .leaves = target.leaves,
                                                  .plan = &job->plan.back,
                                                  .mine = MineSql(*job, done),
                                                  .snapshot = "",
                                                  .jobs = job->options.jobs,
                                                  .rows_read = &rows_read});
  ticker.reset();
  RETURN_IF_ERROR(read.status());
  const verification::ReadBack& read_back = *read;
  verification::Comparison comparison = by_chunk ? verification::CompareByChunk(done, read_back)
                                                 : verification::CompareAsWhole(done, read_back);
  if (!by_chunk) CompareLanded(*job, read_back, &comparison);
  CompareOthers(*job, read_back, &comparison);
  RETURN_IF_ERROR(CompareRecords(job, &comparison));
  job->report->seconds_verify = watch.seconds();
  const bool equal = comparison.equal(static_cast<size_t>(job->report->chunks));
  RETURN_IF_ERROR(Conclude(job, comparison, read_back, equal));
  if (equal) return absl::OkStatus();
  return Differences(absl::StrCat(
      "verification failed: ", comparison.chunks_verified, " of ", job->report->chunks,
      " chunks are as written\n  - ", absl::StrJoin(job->report->differences, "\n  - "),
      "\nnext: regraft verify --target ", job->report->target, " names the rows",
      job->plan.back.provenance.empty()
          ? ""
          : "; the same copy command with --discard takes them back"));
}

}  // namespace regraft::copy
