#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/job.h"
#include "engine/copy/lock.h"
#include "engine/copy/remainder.h"
#include "engine/verification/compare.h"
#include "engine/verification/read_back.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::copy {
namespace {

// Deleting a row that is referenced ON DELETE CASCADE or SET NULL would change rows of others.
absl::Status CheckReferences(pg::Connection& connection, const Job& job, const std::string& mine) {
  ASSIGN_OR_RETURN(
      const pg::Result keys,
      connection.Execute(absl::StrCat(
          "SELECT c.conname, c.conrelid::regclass::text, string_agg(format('r.%I = s.%I', "
          "a.attname, f.attname), ' AND ')"
          " FROM pg_constraint c, unnest(c.conkey, c.confkey) AS k(own, other)"
          " JOIN pg_attribute a ON true JOIN pg_attribute f ON true"
          " WHERE c.contype = 'f' AND c.confdeltype IN ('c', 'n', 'd') AND c.confrelid = ",
          job.plan.target.oid,
          " AND a.attrelid = c.conrelid AND a.attnum = k.own AND f.attrelid = c.confrelid AND "
          "f.attnum = k.other"
          " GROUP BY 1, 2")));
  // A reference that is on its way holds its row: locked, the rows can get no more of them, and
  // those that are there are committed.
  if (keys.rows() > 0)
    RETURN_IF_ERROR(connection.Run(absl::StrCat(
        "SET LOCAL lock_timeout = ", std::max(1, 1000 * job.options.lock_wait_seconds),
        "; SELECT count(*) FROM (SELECT FROM ", pg::QuoteQualified(job.plan.target.name),
        " AS s WHERE ", mine, " FOR UPDATE) AS locked")));
  for (int row = 0; row < keys.rows(); ++row) {
    ASSIGN_OR_RETURN(
        const pg::Result referencing,
        connection.Execute(absl::StrCat("SELECT count(*) FROM ", keys.Text(row, 1),
                                        " AS r WHERE EXISTS (SELECT FROM ",
                                        pg::QuoteQualified(job.plan.target.name), " AS s WHERE (",
                                        mine, ") AND ", keys.Text(row, 2), ")")));
    if (referencing.Int64(0, 0) > 0)
      return Differences(absl::StrCat(referencing.Int64(0, 0), " rows of ", keys.Text(row, 1),
                                      " reference copied rows by ", keys.Text(row, 0),
                                      ", which deletes or empties them with the copied rows; "
                                      "move or remove those rows first"));
  }
  return absl::OkStatus();
}

// Of the triggers that act on a deleted row: how to keep each still, how to set it back, its name.
constexpr const char* kDeleteTriggers = R"sql(
SELECT string_agg(format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), '; '),
       string_agg(format('ALTER TABLE ONLY %s ENABLE %s TRIGGER %I', tgrelid::regclass,
                         CASE tgenabled WHEN 'A' THEN 'ALWAYS' END, tgname), '; '),
       string_agg(DISTINCT quote_ident(tgname), ', ')
FROM pg_trigger
WHERE tgtype & 8 <> 0 AND tgenabled IN ('O', 'A') AND NOT tgisinternal
  AND tgrelid IN (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1::oid))
)sql";

// What a trigger would do to rows of others, nobody can prove. A copy that kept them still when its
// rows came keeps them still when they go: in this transaction alone, and those of foreign keys
// never. `restore` is set to what sets them back.
absl::Status CheckTriggers(pg::Connection& connection, const Job& job, std::string* restore) {
  const auto& allow = job.options.request.allow;
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Query(kDeleteTriggers, {absl::StrCat(job.plan.target.oid)}));
  if (found.IsNull(0, 0)) return absl::OkStatus();
  if (allow.contains(std::string(plan::kTriggersSuppressed))) {
    *restore = found.Text(0, 1);
    return connection.Run(found.Text(0, 0));
  }
  if (allow.contains(std::string(plan::kTriggerFires))) return absl::OkStatus();
  return BadPlan(absl::StrCat(
      "nothing was removed: on ", job.report->target, " the triggers ", found.Text(0, 2),
      " would act on the rows that are deleted; add --allow trigger-fires to let them act"));
}

// What was never proved has its source still: once somebody has removed all of it, nothing is left
// that a removal could damage.
bool IsGoneAndUnproved(const Job& job, const verification::ReadBack& read_back) {
  return read_back.Total().landed.rows == 0 &&
         std::none_of(job.runs.begin(), job.runs.end(), [](const ledger::RunRecord& run) {
           return run.state == ledger::RunState::kVerified;
         });
}

absl::Status CheckUnchanged(const Job& job, const std::vector<ledger::DoneChunk>& done,
                            const verification::ReadBack& read_back) {
  const verification::Comparison comparison = verification::CompareAsWhole(done, read_back);
  const digest::SetDigest landed = read_back.Total().landed;
  const auto& recorded = job.runs.back().landed_digest;
  const bool landed_equal = !recorded.has_value() || *recorded == landed.sum.Hex();
  if (comparison.findings.empty() && landed_equal) return absl::OkStatus();
  return Differences(
      absl::StrCat("nothing was removed: the rows of this copy in ", job.report->target,
                   " are no longer what it wrote (",
                   comparison.findings.empty() ? "columns that the copy did not fill have changed"
                                               : comparison.findings[0].what,
                   "); regraft verify --target ", job.report->target, " names them"));
}

absl::Status DropWhatWasMade(pg::Connection& connection, const Job& job) {
  RETURN_IF_ERROR(DropRemainders(connection, job, job.runs));
  const bool created = job.runs.front().target_created;
  if (!created) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pg::Result rows,
                   connection.Execute(absl::StrCat("SELECT EXISTS (SELECT FROM ",
                                                   pg::QuoteQualified(job.plan.target.name), ")")));
  ASSIGN_OR_RETURN(const std::vector<ledger::CopyRecord> copies,
                   ledger::CopiesInto(connection, job.plan.target.oid));
  if (rows.Bool(0, 0) || !copies.empty()) return absl::OkStatus();
  job.options.say(absl::StrCat("dropping ", job.report->target,
                               ", which this copy had made and which is empty now"));
  return connection.Run(absl::StrCat("DROP TABLE ", pg::QuoteQualified(job.plan.target.name)));
}

absl::Status DeleteAll(pg::Connection& connection, Job* job, const std::string& mine,
                       int64_t rows) {
  std::string restore;
  RETURN_IF_ERROR(CheckTriggers(connection, *job, &restore));
  RETURN_IF_ERROR(CheckReferences(connection, *job, mine));
  ASSIGN_OR_RETURN(
      const pg::Result deleted,
      connection.Execute(absl::StrCat("DELETE FROM ", pg::QuoteQualified(job->plan.target.name),
                                      " AS s WHERE ", mine)));
  if (deleted.affected_rows() != rows)
    return Differences(absl::StrCat("nothing was removed: ", rows,
                                    " rows were to be deleted, the server deleted ",
                                    deleted.affected_rows(), " (a trigger or rule is in the way)"));
  if (!restore.empty()) RETURN_IF_ERROR(connection.Run(restore));
  for (ledger::RunRecord& run : job->runs) {
    run.state = ledger::RunState::kDiscarded;
    RETURN_IF_ERROR(ledger::UpdateRun(connection, run));
  }
  RETURN_IF_ERROR(job->options.pass(connection, [&] { return DropWhatWasMade(connection, *job); }));
  if (job->options.conclude) RETURN_IF_ERROR(job->options.conclude(connection));
  return connection.Commit();
}

}  // namespace

absl::Status DiscardRuns(Job* job) {
  if (job->planning) {
    RETURN_IF_ERROR(job->target_control->Commit());
    job->planning = false;
  }
  RETURN_IF_ERROR(EndWorkersOfAllRuns(job));
  job->plan.back = job->copy->read_back;  // as it was written, whatever the target has got since
  ASSIGN_OR_RETURN(const std::vector<ledger::DoneChunk> done, ReadAllDone(job));
  if (job->plan.back.provenance.empty() && job->runs.back().others_rows > 0)
    return BadPlan(
        "this copy has no discriminator (--allow no-provenance): its rows cannot be told from "
        "others, and "
        "cannot be removed");
  const std::string mine = MineSql(*job, done);
  ASSIGN_OR_RETURN(
      pg::Connection locked,
      HoldTableLock(job->Target("target-discard"), job->plan.target.name, "SHARE ROW EXCLUSIVE",
                    {job->options.lock_wait_seconds, job->options.say}));
  RETURN_IF_ERROR(JoinSessions(locked, CopyLockKey(*job)));
  ASSIGN_OR_RETURN(const verification::ReadBack read_back,
                   verification::ReadTargetBack({.connect = job->Target("target-verify"),
                                                 .leaves = job->plan.target.leaves,
                                                 .plan = &job->plan.back,
                                                 .mine = mine,
                                                 .snapshot = "",
                                                 .jobs = job->options.jobs}));
  if (IsGoneAndUnproved(*job, read_back)) return DeleteAll(locked, job, mine, 0);
  RETURN_IF_ERROR(CheckUnchanged(*job, done, read_back));
  return DeleteAll(locked, job, mine, job->report->rows);
}

}  // namespace regraft::copy
