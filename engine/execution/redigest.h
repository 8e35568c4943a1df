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

// By chunk number. `snapshot` is exported on the source and stays open.
absl::StatusOr<std::map<int64_t, digest::SetDigest>> RedigestChunks(
    const analysis::CopyPlan& plan, const std::vector<ledger::Chunk>& chunks,
    const pg::ConnectOptions& source, const std::string& snapshot, int jobs);

}  // namespace regraft::execution
