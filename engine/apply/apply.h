// Executes a saved plan, and takes it back. What was done stands in the ledger, in the transaction
// that did it: the same command after any interruption goes on from there. A call blocks; what
// stops it is the CancelScope of the connection's options.
#pragma once

#include "engine/copy/copy_job.h"
#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::apply {

struct ActionReport {
  std::string id, kind, source, target;
  std::string state;     // as in the ledger; "blocked": by an undecided question
  std::string words;     // why it is not done
  bool touched = false;  // by this call
  std::optional<int64_t> rows_source, rows_target, rows_remainder;
  std::string remainder_table;
  double seconds = 0;
  std::vector<std::string> statements;  // of a dry run
};

struct ApplyOptions {
  pg::ConnectOptions connect;
  const saved_plan::SavedPlan& plan;
  std::string file = "saved.json";  // names the plan in remedies
  std::set<std::string> only;       // ids; empty: all
  bool dry_run = false;             // Undo() alone
  bool restart = false;             // Apply() alone: unfinished merges begin anew
  int jobs = 2;
  int lock_wait_seconds = 30;
  // Whether to stop on purpose, after what is under way: a chunk, an action without rows.
  std::function<bool()> stop_wanted = [] { return false; };
  std::function<void(const std::string&)> say = [](const std::string&) {};
  std::function<void(const copy::CopyOptions::Tick&)> on_tick = [](const copy::CopyOptions::Tick&) {
  };
  // An action has begun ("running"), or ended.
  std::function<void(const ActionReport&)> on_action = [](const ActionReport&) {};
  // Whether to go on; asked by Apply() before it begins, by Undo() before each action.
  std::function<bool(const std::string& question)> confirm = [](const std::string&) {
    return true;
  };
};

struct ApplyReport {
  int64_t run_id = 0;  // 0: none was opened
  bool resumed = false;
  bool already_done = false;          // nothing was left to do
  std::vector<ActionReport> actions;  // in the order of execution
};

// Errors: NotApproved with words and remedy; kLock while others apply a plan; BadPlan for unknown
// ids, and kinds that this version does not execute; any failed action. `report` is filled as far
// as it got.
absl::Status Apply(const ApplyOptions& options, ApplyReport* report);

// Takes back what the plan's latest run has done, last things first. Errors: Differences where what
// it would restore or remove has itself changed.
absl::Status Undo(const ApplyOptions& options, ApplyReport* report);

}  // namespace regraft::apply
