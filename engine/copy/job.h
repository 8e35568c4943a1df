// What the phases of a copy hand on to each other. Internal to this folder.
#pragma once

#include "engine/analysis/create_table.h"
#include "engine/analysis/make_copy_plan.h"
#include "engine/copy/copy_job.h"
#include "engine/execution/move_chunks.h"
#include "engine/ledger/ledger.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace regraft::copy {

struct Job {
  const CopyOptions& options;
  CopyReport* report;

  std::optional<pg::Connection> source_control, target_control;
  std::optional<analysis::CreateStatements> created;  // set if this job makes the target
  analysis::CopyPlan plan;
  execution::TriggerMode trigger_mode = execution::TriggerMode::kFire;

  // Set while the target control connection is in the transaction that plans (and creates).
  bool planning = false;

  std::optional<ledger::CopyRecord> copy;    // absent: first of its kind
  std::vector<ledger::RunRecord> runs;       // of this copy, oldest first
  ledger::RunRecord run;                     // the one at work
  std::vector<ledger::RunRecord> forgotten;  // of this copy, whose rows are all gone

  std::optional<pg::Connection> copy_lock;    // advisory, target database
  std::optional<pg::Connection> source_lock;  // SHARE on the source
  std::optional<pg::Connection> target_lock;  // ROW EXCLUSIVE on the target
  std::optional<pg::Connection> exporter;     // its transaction holds the snapshot
  std::shared_ptr<pg::CancelScope>
      exporter_scope;  // of the exporter alone: it counts while others move
  std::string snapshot;

  [[nodiscard]] pg::ConnectOptions Source(const std::string& role) const {
    pg::ConnectOptions connect = options.source;
    connect.role = role;
    return connect;
  }
  [[nodiscard]] pg::ConnectOptions Target(const std::string& role) const {
    pg::ConnectOptions connect = options.target;
    connect.role = role;
    return connect;
  }
};

// prepare.cc: connects, installs the ledger, resolves both tables (makes the target if asked),
// plans. Leaves the planning transaction open.
absl::Status Prepare(Job* job);

// decide.cc: what the ledger says of this copy. REQUIRES: the copy lock is held.
enum class Decision { kStart, kResume, kVerifyAgain };
absl::StatusOr<Decision> Decide(Job* job);
// Sets job->copy and job->runs from the ledger.
absl::Status FindRuns(Job* job);

// hold.cc: what the copy stands on while it works.
// The source SHARE, or with --no-lock ACCESS SHARE.
absl::Status LockSource(Job* job);
// After the lock and never before it: sets job->exporter and job->snapshot.
absl::Status TakeSnapshot(Job* job);
// While rows are on their way nobody may add a trigger to the target, rewrite or drop it.
absl::Status GuardTarget(Job* job);

// start.cc: checks values, conflicts and the discriminator in the snapshot; records the run and its
// chunks, and commits the planning transaction.
absl::Status StartRun(Job* job);

// resume.cc: ends what a dead run left, proves that the source is still what the done chunks were
// made of.
absl::Status ResumeRun(Job* job);

// move.cc: moves the chunks that are not done, and compares their rows with a plain count of the
// source. Lets the snapshot go.
absl::Status MoveRows(Job* job);

// finish.cc: makes the rows durable, then FinishTarget().
absl::Status FinishMove(Job* job);
// What the target still needs after its rows: indexes of a created table, proof of foreign keys.
absl::Status FinishTarget(Job* job);

// prove.cc: reads the target back and compares; records the outcome.
absl::Status ProveRun(Job* job, bool by_chunk);
// Sums the ledger's done chunks of all runs into the report.
absl::StatusOr<std::vector<ledger::DoneChunk>> ReadAllDone(Job* job);
// SQL over s (the target): which rows are this copy's.
std::string MineSql(const Job& job, const std::vector<ledger::DoneChunk>& done);

// foreign_keys.cc: anti-joins the target with what its foreign keys reference; for rows that were
// written while the server did not check.
absl::Status ProveForeignKeys(Job* job);

// sequences.cc: COPY writes the values it is given and leaves the sequence behind a column where it
// was. Says so where new rows would clash, with the statement that advances it.
void AdviseOnSequences(Job* job);

// structure.cc: whether a table, now that it is locked, is still what was planned for.
absl::Status CheckSourceStructure(Job* job);
absl::Status CheckTargetStructure(Job* job);

// decide.cc: rows in the target that are this copy's.
absl::StatusOr<int64_t> CountMine(Job* job, const std::vector<ledger::DoneChunk>& done);
// decide.cc: ends what dead programs of this copy have left.
absl::Status EndWorkersOfAllRuns(Job* job);
// copy_job.cc: the key of the copy's lock, and of the sessions that commit what it does.
std::string CopyLockKey(const Job& job);

// discard.cc: removes the rows of every run of this copy. REQUIRES: the copy lock is held.
absl::Status DiscardRuns(Job* job);

}  // namespace regraft::copy
