// Reads and writes the ledger; each group of functions has a file of its name (copies.cc, runs.cc,
// chunks.cc, steps.cc, workers.cc). Every function runs in the transaction that the caller has
// open, or in one of its own if none is: what must commit together is the caller's decision.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/ledger/records.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace regraft::ledger {

// What makes two copies the same: canonical JSON of system, databases, relations, columns, set,
// map, overflow, where.
std::string CopyIdentity(const analysis::CopyPlan& plan);

absl::StatusOr<std::optional<CopyRecord>> FindCopy(pg::Connection& connection,
                                                   const std::string& identity);
// Copies into a target (0: any), the latest run first.
absl::StatusOr<std::vector<CopyRecord>> CopiesInto(pg::Connection& connection, uint32_t target_oid);
absl::StatusOr<int64_t> InsertCopy(pg::Connection& connection, const analysis::CopyPlan& plan);
// How the copy is read back from now on. REQUIRES: none of its rows is left.
absl::Status UpdateReadBack(pg::Connection& connection, int64_t copy_id,
                            const analysis::CopyPlan& plan);

// Runs of a copy that have not been discarded, oldest first.
absl::StatusOr<std::vector<RunRecord>> RunsOf(pg::Connection& connection, int64_t copy_id);
absl::StatusOr<int64_t> InsertRun(pg::Connection& connection, const RunRecord& run);
absl::Status UpdateRun(pg::Connection& connection, const RunRecord& run);
// Only the time spent copying: what else the record says may not have come about.
absl::Status UpdateSeconds(pg::Connection& connection, const RunRecord& run);

// A run's work list, and what of it has committed.
absl::Status InsertChunks(pg::Connection& connection, int64_t run_id,
                          const std::vector<Chunk>& chunks);
absl::StatusOr<std::vector<Chunk>> ReadChunks(pg::Connection& connection, int64_t run_id);
absl::StatusOr<std::vector<DoneChunk>> ReadDone(pg::Connection& connection, int64_t run_id);
// REQUIRES: inside the transaction that wrote the chunk's rows.
absl::Status InsertDone(pg::Connection& connection, int64_t run_id, const DoneChunk& chunk);

// What the target still needs after its rows, as SQL.
absl::Status InsertSteps(pg::Connection& connection, int64_t run_id,
                         const std::vector<std::string>& steps);
// Gives the steps that a run has not done to another that has none.
absl::Status HandOverSteps(pg::Connection& connection, int64_t from_run, int64_t to_run);
// Runs each step that is not done, in a transaction with its mark.
absl::Status RunSteps(pg::Connection& connection, int64_t run_id);

// Registers this session as one that may write for the run.
absl::Status RegisterWorker(pg::Connection& connection, int64_t run_id);
// None writes for the run any more: its sessions may serve others now, and are not to be ended.
absl::Status ForgetWorkers(pg::Connection& connection, int64_t run_id);
// Ends the sessions that a dead program left behind, or waits for them, at most 60 s. `say` is
// called with what happens. REQUIRES: the copy's advisory lock is held, so none of them belongs to
// a living program.
absl::Status EndWorkers(pg::Connection& connection, int64_t run_id,
                        const std::function<void(const std::string&)>& say);

}  // namespace regraft::ledger
