#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"

#include "absl/strings/str_cat.h"

#include <utility>

namespace regraft::copy {
namespace {

using ledger::RunRecord;
using ledger::RunState;

absl::Status ForgetRuns(Job* job) {
  for (RunRecord& run : job->runs) {
    run.state = RunState::kDiscarded;
    RETURN_IF_ERROR(ledger::UpdateRun(*job->target_control, run));
  }
  job->forgotten = std::exchange(job->runs, {});
  return absl::OkStatus();
}

bool Unfinished(const RunRecord& run) { return run.state == RunState::kCopying; }

// The rows are gone for good only when nobody is left who could still commit some.
absl::Status EndDeadWriters(Job* job) {
  RETURN_IF_ERROR(job->target_control->Commit());
  RETURN_IF_ERROR(EndWorkersOfAllRuns(job));
  return job->target_control->Run("BEGIN");
}

// What is stored is read back as it was stored: a column that the target has got since is not the
// copy's. A change of how rows are written would mix two kinds of them.
absl::Status CheckReadBack(Job* job, bool writes) {
  analysis::ReadBackPlan now = job->plan.back, then = job->copy->read_back;
  now.unwritten.clear();
  then.unwritten.clear();
  if (writes && analysis::ReadBackToJson(now) != analysis::ReadBackToJson(then))
    return Differences(absl::StrCat(
        "the columns of ", job->report->source, " or ", job->report->target,
        " have changed since this copy began: --discard it with the tables as they were, "
        "or put them back"));
  job->plan.back = job->copy->read_back;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> CountMine(Job* job, const std::vector<ledger::DoneChunk>& done) {
  ASSIGN_OR_RETURN(const pg::Result count,
                   job->target_control->Execute(absl::StrCat(
                       "SELECT count(*) FROM ", pg::QuoteQualified(job->plan.target.name),
                       " AS s WHERE ", MineSql(*job, done))));
  return count.Int64(0, 0);
}

absl::Status EndWorkersOfAllRuns(Job* job) {
  for (const RunRecord& run : job->runs)
    RETURN_IF_ERROR(ledger::EndWorkers(*job->target_control, run.run_id, job->options.say));
  return absl::OkStatus();
}

absl::Status FindRuns(Job* job) {
  ASSIGN_OR_RETURN(job->copy,
                   ledger::FindCopy(*job->target_control, ledger::CopyIdentity(job->plan)));
  if (!job->copy.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(job->runs, ledger::RunsOf(*job->target_control, job->copy->copy_id));
  if (!job->runs.empty()) job->run = job->runs.back();
  return absl::OkStatus();
}

absl::StatusOr<Decision> Decide(Job* job) {
  RETURN_IF_ERROR(FindRuns(job));
  if (job->runs.empty()) return Decision::kStart;
  if (Unfinished(job->run)) RETURN_IF_ERROR(EndDeadWriters(job));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ReadAllDone(job));
  ASSIGN_OR_RETURN(const int64_t there, CountMine(job, done));
  if (there == 0 && job->report->rows > 0) {
    job->options.say(absl::StrCat("this copy was made before, but none of its ", job->report->rows,
                                  " rows is left in ", job->report->target, ": it starts over"));
    RETURN_IF_ERROR(ForgetRuns(job));
    *job->report = {.source = job->report->source,
                    .target = job->report->target,
                    .provenance = job->report->provenance,
                    .jobs = job->report->jobs,
                    .max_memory_bytes = job->report->max_memory_bytes};
    return Decision::kStart;
  }
  if (Unfinished(job->run)) {
    RETURN_IF_ERROR(CheckReadBack(job, /*writes=*/true));
    return Decision::kResume;
  }
  RETURN_IF_ERROR(CheckReadBack(job, job->options.again));
  if (!job->options.again) return Decision::kVerifyAgain;
  if (there == job->report->rows) return Decision::kStart;
  return Differences(absl::StrCat("this copy has written ", job->report->rows, " rows before, ",
                                  there, " are in ", job->report->target,
                                  " now: nothing was appended; regraft verify --target ",
                                  job->report->target, " says more"));
}

}  // namespace regraft::copy
