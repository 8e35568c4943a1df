// The last filter of a lane: COPY IN of one chunk, its ledger entry, COMMIT. One thread at a time.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/execution/progress.h"
#include "engine/execution/slab.h"
#include "engine/pg/connection.h"

#include "absl/status/status.h"

#include <optional>

namespace regraft::execution {

// Who keeps the target's triggers still.
enum class TriggerMode {
  kFire,            // nobody: they act, or there are none
  kReplica,         // session_replication_role = replica; foreign keys are proved afterwards
  kDisabledInside,  // one lane, one transaction that disables and restores them
};

class Writer {
 public:
  Writer(pg::Connection connection, const analysis::CopyPlan& plan, int64_t run_id,
         TriggerMode mode, Progress* progress);

  // Slabs of a chunk arrive in order. The chunk is committed with its last slab (kDisabledInside:
  // by Close).
  absl::Status Write(const Slab& slab);
  // REQUIRES: every slab was written.
  absl::Status Close();
  // After a failure anywhere: gives up the chunk on its way. Errors: what the server had against
  // it; a cancellation if nothing.
  absl::Status Abandon();

 private:
  absl::Status Begin();
  absl::Status FinishChunk(const Slab& slab);
  absl::Status DisableTriggers();

  pg::Connection connection_;
  const analysis::CopyPlan& plan_;
  int64_t run_id_;
  TriggerMode mode_;
  Progress* progress_;
  std::string copy_sql_;
  std::optional<pg::CopyIn> stream_;
  const ledger::Chunk* chunk_ = nullptr;  // the one on its way
  ledger::DoneChunk done_;
  std::string restore_triggers_sql_;
  bool in_transaction_ = false;
};

}  // namespace regraft::execution
