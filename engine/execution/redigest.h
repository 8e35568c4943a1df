// Reads chunks of the source again and digests them: whether a source is still what a chunk was
// made of.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/ledger/records.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <map>
#include <string>
#include <vector>

namespace regraft::execution {

struct RedigestRequest {
  pg::ConnectOptions source;  // the lanes append "/1", "/2" … to its role
  std::string snapshot;       // exported on the source, open until this returns
  int jobs = 2;
};

// By chunk number. The first failure stops all lanes and is returned.
absl::StatusOr<std::map<int64_t, digest::SetDigest>> RedigestChunks(
    const analysis::CopyPlan& plan, const std::vector<ledger::Chunk>& chunks,
    const RedigestRequest& request);

}  // namespace regraft::execution
