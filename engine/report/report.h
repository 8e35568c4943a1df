// What was done of a saved plan, as the ledger says it: a value, for people and for programs.
// Nothing in it was remembered by a program. Times are "2026-02-06 10:20:30 UTC", by the server's
// clock; names as people write them.
#pragma once

#include "engine/approval/approval.h"
#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::report {

// Why rows stand in the remainder table.
struct Reason {
  std::string reason;
  int64_t rows = 0;
};

// What vouches for an action.
enum class Proof {
  kNone,     // nothing was proved: it is not done, or was undone
  kDigests,  // the rows that the target and the remainder give back have the source's digest
  kRows,     // they were compared with the source one by one
  kCatalog,  // the same table; what the catalog says of it changed only as was declared
};

// Each action of the plan once, in the order of execution.
struct Action {
  std::string id, kind, method, reason;
  std::string source, target, discriminator;  // as the saved plan has them
  uint32_t source_oid = 0, target_oid = 0;    // 0: none
  std::string source_now, target_now;         // where they are; empty: gone, or none
  std::string state;  // "done", "failed", "running", "waiting", "blocked", "undone"
  std::string error;
  std::string blocked_by;              // a question
  std::vector<std::string> waits_for;  // actions that come first and are not done
  std::optional<int64_t> rows_source, rows_target, rows_remainder;  // none: no row moved
  std::string remainder_table;
  std::vector<Reason> reasons;  // most rows first
  std::string digest_source, digest_rebuilt;
  // Which files held the table's rows before and after it was renamed, as the ledger has them;
  // empty: it was not, or has none.
  std::string files_before, files_after;
  std::optional<int64_t> rows_written;  // to it meanwhile
  Proof proof = Proof::kNone;
  std::optional<bool> equal;  // as last proved; none: never
  std::string verified_at, difference;
  int64_t verifications = 0;  // since it was done
  std::string started_at, finished_at, undone_at;
  std::optional<double> seconds;
  int64_t statements = 0;  // executed, rows apart
  std::vector<saved_plan::Finding> hazards, notes;
};

// A change of a target before its first row.
struct Preparation {
  std::string table, state;
  std::vector<std::string> statements;
  std::vector<saved_plan::Finding> hazards, notes;
};

struct Answer {
  std::string choice, by, reason;
  std::string answered_at, session_role, client_address;  // empty where the plan file answered
};

struct Question {
  std::string id, table, text;
  std::vector<std::string> options;
  std::optional<Answer> answer;  // that this plan was made with
  std::vector<std::string> keeps_waiting;
};

struct Counts {
  int64_t actions = 0, done = 0, failed = 0, running = 0, waiting = 0, blocked = 0, undone = 0;
  int64_t proved = 0, different = 0;                             // of those that are done
  int64_t moved = 0;                                             // actions done that moved rows
  int64_t rows_source = 0, rows_target = 0, rows_remainder = 0;  // of those
};

struct Report {
  std::string plan, sha256, tool, planner;
  int approvals_required = 1;
  bool not_by_planner = false;
  std::string database, made_at;
  int64_t run = 0, number = 0;  // the ledger's key; which of the plan's runs
  int64_t latest_run = 0;       // of this plan
  std::string session_role;     // that began the run
  std::string started_at, finished_at, undone_at;
  std::optional<double> seconds;  // from the run's beginning to the last action's end
  Counts counts;
  std::vector<Action> actions;
  std::vector<Preparation> preparations;
  std::vector<approval::Approval> approvals;  // of the plan, for all its runs
  std::vector<Question> questions;
  std::vector<saved_plan::Finding> hazards, notes;  // of the plan as a whole

  // Something was done, and all of that was taken back.
  [[nodiscard]] bool undone() const { return counts.undone > 0 && counts.done == 0; }
};

struct Choice {
  std::optional<int64_t> run;       // else the latest
  std::string plan_sha256;          // of this plan; empty: of any
  std::string file = "SAVED.json";  // names the plan in remedies
};

// Reads only, in one snapshot; the right to read schema regraft suffices. Errors: NotFound where
// nothing was executed; BadPlan for a run that does not exist; both say what to type.
absl::StatusOr<Report> ReadReport(pg::Connection& connection, const Choice& choice);

}  // namespace regraft::report
