// Repairs of data that a plan states: proposed with the rows they would change, approved as exactly
// those rows, executed each in one transaction that keeps what it takes away, and taken back from
// what was kept. docs/clean.md.
#pragma once

#include "engine/audit/audit.h"
#include "engine/pg/connection.h"
#include "engine/plan/plan.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::clean {

// How a saved action that is a repair is done.
inline constexpr std::string_view kRepairMethod = "repair";
inline constexpr std::string_view kExportMethod = "export";  // changes nothing

struct ProposeOptions {
  pg::ConnectOptions connect;
  const plan::Plan& plan;
  std::string plan_text;
  std::string tool, planner;
  std::set<std::string> only;  // ids; empty: all
  int samples = 3;
  // Gets the rows of export_duplicates, as CSV with a header; unset: none are written.
  std::function<absl::Status(const plan::Repair& repair, std::string_view csv)> export_rows = {};
};

struct Proposal {
  saved_plan::SavedPlan plan;           // sealed; an action per repair
  std::vector<audit::Samples> samples;  // per action: some of the rows that it would change
};

// Reads only, in one snapshot. Errors: BadPlan for ids, names and SQL that do not fit, all at once.
// What must not be done is a refusal in the plan's findings.
absl::StatusOr<Proposal> Propose(const ProposeOptions& options);

struct CleanOptions {
  pg::ConnectOptions connect;
  const saved_plan::SavedPlan& plan;
  std::string file = "clean.json";  // names the plan in remedies
  std::set<std::string> only;       // ids; empty: all
  int lock_wait_seconds = 30;
  std::function<void(const std::string&)> say = [](const std::string&) {};
  // Whether to go on, asked when the gate is open and nothing has been done. Errors end the work.
  std::function<absl::Status(const std::string& question)> confirm = [](const std::string&) {
    return absl::OkStatus();
  };
};

struct RepairReport {
  std::string id, kind, table;
  std::string state;  // "done", "undone", "waiting", "failed"
  int64_t rows_before = 0, rows_after = 0;
  int64_t changed = 0, archived = 0, moved = 0;  // moved: references to the survivors
  std::string archive, words;
  bool touched = false;  // by this call
};

struct CleanReport {
  int64_t run_id = 0;
  std::vector<RepairReport> repairs;
};

// Executes the repairs that are not done yet, in the plan's order; ends at the first failure.
// Errors: NotApproved, also where other rows than the approved ones would be changed; Differences
// where anything else changed as well; kLock.
absl::Status Clean(const CleanOptions& options, CleanReport* report);

struct UndoOptions {
  pg::ConnectOptions connect;
  std::string id;
  int lock_wait_seconds = 30;
};
// Takes back the latest repair of this id that is done. Errors: BadPlan where there is none;
// Differences where rows that it changed have been changed since.
absl::Status UndoRepair(const UndoOptions& options, RepairReport* report);

}  // namespace regraft::clean
