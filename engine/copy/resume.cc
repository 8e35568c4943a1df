#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/execution/redigest.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <map>
#include <set>

namespace regraft::copy {

namespace {

// Rows that came or went while nobody watched would only be found at the end, under everything that
// is copied until then.
absl::Status CheckTarget(Job* job) {
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> all, ReadAllDone(job));
  ASSIGN_OR_RETURN(const int64_t there, CountMine(job, all));
  if (there == job->report->rows) return absl::OkStatus();
  return Differences(absl::StrCat("the chunks that are done hold ", job->report->rows,
                                  " rows, but ", there, " rows of this copy are in ",
                                  job->report->target,
                                  ": somebody has removed or added some; nothing was copied now"));
}

}  // namespace

// The dead run's snapshot is gone, and the source was unlocked for a while: the ledger alone proves
// nothing about it. So every done chunk is read again.
absl::Status ResumeRun(Job* job) {
  RETURN_IF_ERROR(job->target_control->Commit());
  job->planning = false;
  RETURN_IF_ERROR(EndWorkersOfAllRuns(job));
  RETURN_IF_ERROR(CheckTarget(job));
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks,
                   ledger::ReadChunks(*job->target_control, job->run.run_id));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                   ledger::ReadDone(*job->target_control, job->run.run_id));
  job->options.say(absl::StrCat("continuing run ", job->run.run_id, ": ", done.size(), " of ",
                                chunks.size(), " chunks are done; reading their source again"));
  std::map<int64_t, digest::SetDigest> expected;
  for (const ledger::DoneChunk& chunk : done) expected[chunk.number] = chunk.source;
  std::vector<ledger::Chunk> again;
  for (const ledger::Chunk& chunk : chunks)
    if (expected.contains(chunk.number)) again.push_back(chunk);
  if (again.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto found,
                   execution::RedigestChunks(job->plan, again, job->Source("source-redigest"),
                                             job->snapshot, job->options.jobs));
  std::vector<std::string> changed;
  for (const ledger::Chunk& chunk : again)
    if (found[chunk.number] != expected[chunk.number])
      changed.push_back(execution::DescribeChunk(chunk));
  if (changed.empty()) return absl::OkStatus();
  return Differences(
      absl::StrCat("the source has changed since the run was interrupted, in ", changed.size(),
                   " chunks that are already copied: ", absl::StrJoin(changed, ", "),
                   "; nothing was copied now; run the same command with --restart to remove this "
                   "run's rows and copy again"));
}

}  // namespace regraft::copy
