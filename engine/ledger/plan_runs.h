// What was done of saved plans: runs, their actions, statements, and how they left each relation.
// Every function runs in the transaction that the caller has open, or in one of its own if none is.
#pragma once

#include "engine/catalog/dossier.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace regraft::ledger {

struct PlanAction {
  std::string id;
  int position = 0;
  std::string kind, source, target, discriminator;
  uint32_t source_oid = 0, target_oid = 0;  // 0: none
  std::string state = "waiting";            // "waiting", "running", "done", "failed", "undone"
  std::optional<int64_t> rows_source, rows_target, rows_remainder;
  std::string remainder_table, source_digest, rebuilt_digest;  // empty: none
  std::string error;
  std::string blocked_by;  // an undecided question; is stored, and not read
};

struct PlanStep {
  int step = 0;
  std::string sql, undo;
  bool done = true;
  bool undone = false;
};

// The advisory lock of whoever applies or undoes a plan: one program at a time in a database.
inline constexpr const char* kApplyLockNumber = "hashtextextended('regraft.apply', 0)";

// The latest run of the saved plan with this SHA-256.
absl::StatusOr<std::optional<int64_t>> FindPlanRun(pg::Connection& connection,
                                                   const std::string& plan_sha256);

// Keeps the saved plan's file with what was done of it. Kept already: nothing to do.
absl::Status StoreSavedPlan(pg::Connection& connection, const std::string& plan_sha256,
                            const std::string& document);
// Errors: NotFound for a plan of which nothing was executed.
absl::StatusOr<std::string> ReadSavedPlan(pg::Connection& connection,
                                          const std::string& plan_sha256);
// The SHA-256 of a run's saved plan. Errors: BadPlan, naming the runs that there are.
absl::StatusOr<std::string> PlanOfRun(pg::Connection& connection, int64_t run_id);

absl::Status InsertPlanActions(pg::Connection& connection, int64_t run_id,
                               const std::vector<PlanAction>& actions);
// In the order of their positions.
absl::StatusOr<std::vector<PlanAction>> ReadPlanActions(pg::Connection& connection, int64_t run_id);
// Sets the state with its time, the counts and the error.
absl::Status UpdatePlanAction(pg::Connection& connection, int64_t run_id, const PlanAction& action);

absl::Status InsertPlanSteps(pg::Connection& connection, int64_t run_id,
                             const std::string& action_id, const std::vector<PlanStep>& steps);
absl::StatusOr<std::vector<PlanStep>> ReadPlanSteps(pg::Connection& connection, int64_t run_id,
                                                    const std::string& action_id);
absl::Status MarkStepDone(pg::Connection& connection, int64_t run_id, const std::string& action_id,
                          int step);
absl::Status MarkStepUndone(pg::Connection& connection, int64_t run_id,
                            const std::string& action_id, int step);

// How the run has left these relations.
absl::Status StoreDossiers(pg::Connection& connection, int64_t run_id,
                           const std::vector<catalog::Dossier>& dossiers);
absl::Status ForgetDossier(pg::Connection& connection, int64_t run_id, uint32_t relation);
absl::StatusOr<std::map<uint32_t, catalog::Dossier>> ReadStoredDossiers(pg::Connection& connection,
                                                                        int64_t run_id);

}  // namespace regraft::ledger
