#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/recheck.h"
#include "engine/execution/redigest.h"
#include "engine/verification/digest_rows.h"

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
  return Differences(
      absl::StrCat("the chunks that are done hold ", job->report->rows, " rows, but ", there,
                   " rows of this copy are in ", job->report->target,
                   ": somebody has removed or added some; nothing was copied now; put "
                   "them back, or delete all of them: then the copy starts over"));
}

// The rows that were set aside are left out by their place. Another row may lie there by now, and
// would be left out in their stead.
absl::Status CheckRemainder(Job* job, const std::vector<ledger::Chunk>& chunks) {
  if (!job->run.remainder_digest.has_value()) return absl::OkStatus();
  std::vector<std::string> places;
  for (const ledger::Chunk& chunk : chunks)
    for (const std::string& ctid : chunk.excluded)
      places.push_back(
          absl::StrCat("(s.tableoid = ", chunk.leaf.oid, " AND s.ctid = '", ctid, "'::tid)"));
  ASSIGN_OR_RETURN(const digest::SetDigest found,
                   verification::DigestRows({.connect = job->Source("source-remainder"),
                                             .leaves = job->plan.source.leaves,
                                             .select = job->plan.back.source_select,
                                             .where = absl::StrJoin(places, " OR "),
                                             .snapshot = job->snapshot,
                                             .jobs = 1},
                                            job->plan.back.source_shapes));
  if (found.rows != job->run.remainder_rows || found.sum.Hex() != *job->run.remainder_digest)
    return Differences(absl::StrCat(
        "the source has changed since the run was interrupted: of the ", job->run.remainder_rows,
        " rows that were set aside not all are where they were; nothing was copied now; run the "
        "same command with --restart to remove this run's rows and copy again"));
  ASSIGN_OR_RETURN(const std::string damage,
                   RemainderDamage(*job->target_control, job->Target("target-remainder"),
                                   job->plan.back, job->run));
  return damage.empty() ? absl::OkStatus() : Differences(damage + "; nothing was copied now");
}

}  // namespace

// The dead run's snapshot is gone, and the source was unlocked for a while: the ledger alone proves
// nothing about it. So every done chunk is read again.
absl::Status ResumeRun(Job* job) {
  RETURN_IF_ERROR(job->target_control->Commit());
  job->planning = false;
  RETURN_IF_ERROR(CheckTarget(job));
  ASSIGN_OR_RETURN(const std::vector<ledger::Chunk> chunks,
                   ledger::ReadChunks(*job->target_control, job->run.run_id));
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done,
                   ledger::ReadDone(*job->target_control, job->run.run_id));
  job->options.say(absl::StrCat("continuing run ", job->run.run_id, ": ", done.size(), " of ",
                                chunks.size(), " chunks are done; reading their source again"));
  if (job->options.request.remainder.has_value() && !job->run.remainder_name.has_value())
    job->options.say(
        "rows are set aside only when a copy begins; if some cannot enter now, add --restart");
  RETURN_IF_ERROR(CheckRemainder(job, chunks));
  std::map<int64_t, digest::SetDigest> expected;
  for (const ledger::DoneChunk& chunk : done) expected[chunk.number] = chunk.source;
  std::vector<ledger::Chunk> again;
  for (const ledger::Chunk& chunk : chunks)
    if (expected.contains(chunk.number)) again.push_back(chunk);
  if (again.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto found, execution::RedigestChunks(job->plan, again,
                                                         {.source = job->Source("source-redigest"),
                                                          .snapshot = job->snapshot,
                                                          .jobs = job->options.jobs}));
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
