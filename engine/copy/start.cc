#include "engine/analysis/value_checks.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/remainder.h"
#include "engine/pg/snapshot.h"
#include "engine/verification/read_back.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::copy {
namespace {

// Rows that carry our discriminator and are not ours would be taken for ours for ever after.
absl::Status CheckDiscriminator(Job* job) {
  const std::string& provenance = job->plan.back.provenance;
  const std::string target = pg::QuoteQualified(job->plan.target.name);
  const std::string where = provenance.empty() ? "" : absl::StrCat(" WHERE ", provenance);
  ASSIGN_OR_RETURN(const pg::Result count, job->target_control->Execute(absl::StrCat(
                                               "SELECT count(*) FROM ", target, " AS s", where)));
  const int64_t there = count.Int64(0, 0);
  const bool own = !job->runs.empty();  // --again: earlier runs of this copy
  if (there == 0 || own) return absl::OkStatus();
  if (!provenance.empty())
    return BadPlan(absl::StrCat(job->report->target, " already holds ", there, " rows with ",
                                job->report->provenance,
                                " that this copy did not write; choose another --set value"));
  if (job->options.request.allow.contains(std::string(plan::kNoProvenance)))
    return absl::OkStatus();
  return BadPlan(absl::StrCat(
      job->report->target, " already holds ", there,
      " rows, and nothing would tell the copied rows apart; add --set COLUMN=VALUE, or "
      "--allow no-provenance (then this copy can be verified now, but not later, and not "
      "discarded)"));
}

// Whether there are any decides later whether the copied rows can be told apart.
absl::Status CountOthers(Job* job, const std::string& mine, ledger::RunRecord* run) {
  ASSIGN_OR_RETURN(const pg::Result others,
                   job->target_control->Execute(absl::StrCat(
                       "SELECT count(*) FROM ", pg::QuoteQualified(job->plan.target.name),
                       " AS s WHERE (", mine, ") IS NOT TRUE")));
  run->others_rows = job->report->rows_target_before = others.Int64(0, 0);
  return absl::OkStatus();
}

// Rows and digest of what others have in the target: it must be the same afterwards.
absl::Status MeasureOthers(Job* job, ledger::RunRecord* run) {
  std::string mine = "false";
  if (!job->runs.empty()) {  // --again
    ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ReadAllDone(job));
    mine = MineSql(*job, done);
  }
  if (job->created.has_value()) return absl::OkStatus();
  if (!job->options.verify) return CountOthers(job, mine, run);
  ASSIGN_OR_RETURN(const verification::ReadBack before,
                   verification::ReadTargetBack({.connect = job->Target("target-before"),
                                                 .leaves = job->plan.target.leaves,
                                                 .plan = &job->plan.back,
                                                 .mine = mine,
                                                 .snapshot = "",
                                                 .jobs = job->options.jobs}));
  run->others_rows = before.others.rows;
  run->others_digest = before.others.sum.Hex();
  job->report->rows_target_before = before.others.rows;
  if (job->runs.empty() || !job->runs.back().landed_digest.has_value()) return absl::OkStatus();
  if (before.Total().landed.sum.Hex() == *job->runs.back().landed_digest) return absl::OkStatus();
  return Differences(absl::StrCat(
      "the rows that this copy has written before are not intact in ", job->report->target,
      ": nothing was appended; regraft verify --target ", job->report->target, " names them"));
}

std::vector<ledger::Chunk> CutChunks(const Job& job) {
  std::vector<ledger::Chunk> chunks;
  for (const analysis::ChunkRange& range :
       analysis::CutIntoChunks(job.plan.source.leaves, job.options.chunk_bytes))
    chunks.push_back({.number = static_cast<int64_t>(chunks.size()),
                      .leaf = job.plan.source.leaves[range.leaf],
                      .range = range,
                      .excluded = {}});
  return chunks;
}

}  // namespace

absl::Status StartRun(Job* job) {
  {
    ASSIGN_OR_RETURN(pg::Connection checker,
                     pg::OpenInSnapshot(job->Source("source-check"), job->snapshot));
    RETURN_IF_ERROR(
        analysis::CheckValues(job->plan, checker, job->options.request.remainder.has_value()));
  }
  RETURN_IF_ERROR(CheckDiscriminator(job));
  ledger::RunRecord run;
  RETURN_IF_ERROR(MeasureOthers(job, &run));
  run.target_created =
      job->created.has_value() ||
      std::any_of(job->forgotten.begin(), job->forgotten.end(),
                  [](const ledger::RunRecord& forgotten) { return forgotten.target_created; });
  ASSIGN_OR_RETURN(const Remainder remainder, FindRemainder(job));
  if (!job->copy.has_value()) {
    ASSIGN_OR_RETURN(run.copy_id, ledger::InsertCopy(*job->target_control, job->plan));
    ASSIGN_OR_RETURN(job->copy,
                     ledger::FindCopy(*job->target_control, ledger::CopyIdentity(job->plan)));
  } else {
    run.copy_id = job->copy->copy_id;
    if (job->runs.empty())
      RETURN_IF_ERROR(ledger::UpdateReadBack(*job->target_control, run.copy_id, job->plan));
  }
  ASSIGN_OR_RETURN(run.run_id, ledger::InsertRun(*job->target_control, run));
  RETURN_IF_ERROR(ledger::InsertChunks(*job->target_control, run.run_id, CutChunks(*job)));
  if (job->created.has_value())
    RETURN_IF_ERROR(ledger::InsertSteps(*job->target_control, run.run_id, job->created->indexes));
  for (const ledger::RunRecord& forgotten : job->forgotten)
    RETURN_IF_ERROR(ledger::HandOverSteps(*job->target_control, forgotten.run_id, run.run_id));
  RETURN_IF_ERROR(job->options.pass(*job->target_control, [&]() -> absl::Status {
    RETURN_IF_ERROR(DropRemainders(*job->target_control, *job, job->forgotten));
    return StoreRemainder(job, remainder, &run);
  }));
  RETURN_IF_ERROR(job->target_control->Commit());
  job->planning = false;
  job->run = run;
  job->runs.push_back(run);
  return absl::OkStatus();
}

}  // namespace regraft::copy
