// Moves a work list of chunks: source and target connections per lane, all in one snapshot.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/execution/progress.h"
#include "engine/execution/reader.h"
#include "engine/execution/writer.h"

#include "absl/status/status.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace regraft::execution {

struct MoveRequest {
  pg::ConnectOptions source, target;  // role is set per lane; scope: the user's interrupt
  std::string snapshot;               // exported on the source, open until this returns
  int64_t run_id = 0;
  int jobs = 2;
  SlabLimits limits;
  TriggerMode trigger_mode = TriggerMode::kFire;
  int lock_wait_seconds = 30;  // for any lock that a lane meets in the target
  // Looked at a few times a second, on the calling thread: a failure stops the lanes. For the
  // sessions whose locks and snapshot the copy stands on.
  std::function<absl::Status()> check = [] { return absl::OkStatus(); };
  // Whether to stop on purpose: chunks that are under way are finished, no other is begun. Asked a
  // few times a second, on the calling thread.
  std::function<bool()> stop_wanted = [] { return false; };
  std::function<void(const Progress&)> on_tick;  // a few times a second, on the calling thread
};

// Any worker's failure stops all within seconds; the root cause is returned with its chunk, and no
// half chunk stays. Chunks that had committed stay.
absl::Status MoveChunks(const analysis::CopyPlan& plan, const std::vector<ledger::Chunk>& chunks,
                        const MoveRequest& request, Progress* progress);

}  // namespace regraft::execution
