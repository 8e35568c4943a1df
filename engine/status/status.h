// How far the run of a saved plan is, seen by a session that has no part in it: from the ledger,
// pg_stat_activity and pg_locks alone. Reads only; needs SELECT in schema regraft.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::status {

struct ActionStatus {
  std::string id, kind, source, target;
  // As in the ledger, and "blocked": by an undecided question; "running" also where the program at
  // work holds or awaits a lock on the table, but has not committed yet; if what it does is to take
  // back, "undoing".
  std::string state;
  std::string phase;                     // of a running merge: "copying", "verifying"
  std::vector<std::string> comes_after;  // ids that are not done
  std::string question;                  // id of the question that it waits for
  std::string error;
  std::optional<int64_t> rows_done, rows_expected;
  std::optional<int64_t> chunks_done, chunks;
  std::optional<double> seconds;          // since it began, or that it took
  std::optional<double> rows_per_second;  // of this attempt
  std::optional<double> seconds_left;     // an estimate
};

// A session that keeps one of ours waiting.
struct Blocker {
  int pid = 0;  // 0: a prepared transaction
  std::string role, application, state, query;
  double seconds = 0;   // that its transaction, or its state, lasts
  std::string waiting;  // our session: "regraft/apply (pid 12)"
  std::string wants;    // "AccessExclusiveLock on app.people"
};

struct RunStatus {
  int64_t run_id = 0;  // 0: nothing of a plan has been executed
  std::string plan_sha256, plan_name, session_role, started_at;
  std::string program;                // who applies or undoes a plan now; empty: nobody
  bool undoing = false;               // it takes back
  std::vector<std::string> sessions;  // of ours in this database
  std::vector<ActionStatus> actions;  // in the order of execution
  std::vector<Blocker> blockers;

  [[nodiscard]] int64_t Count(const std::string& state) const;
  // Nobody is at work: "finished", "failed", "undone", "undone in part", else "stands still"; an
  // undecided question keeps no run from being finished. Somebody is: "at work", "undoing".
  [[nodiscard]] std::string Summary() const;
};

// `plan_sha256` empty: the latest run of any plan.
absl::StatusOr<RunStatus> ReadStatus(pg::Connection& connection, const std::string& plan_sha256);

// sessions.cc: who is at work, what they have locked, who is in the way.
absl::Status ReadSessions(pg::Connection& connection, RunStatus* status);
absl::StatusOr<std::set<uint32_t>> ReadLocked(pg::Connection& connection);
absl::Status ReadBlockers(pg::Connection& connection, RunStatus* status);

}  // namespace regraft::status
