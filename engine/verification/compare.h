// Whether what was read back is what the ledger says was written. A pure function.
#pragma once

#include "engine/digest/digest.h"
#include "engine/ledger/records.h"
#include "engine/verification/read_back.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::verification {

// One way in which target and ledger disagree.
struct Finding {
  std::optional<int64_t> chunk;  // absent: not of one chunk
  std::string what;              // a sentence with numbers
};

struct Comparison {
  int64_t chunks_verified = 0;  // equal in row count and both digests
  std::vector<Finding> findings;

  [[nodiscard]] bool equal(size_t chunks_planned) const {
    return findings.empty() && chunks_verified == static_cast<int64_t>(chunks_planned);
  }
};

// Chunk by chunk: rows are told by the transaction that wrote them (xmin). Only right after the
// copy.
Comparison CompareByChunk(const std::vector<ledger::DoneChunk>& done, const ReadBack& read_back);

// As a whole: for a copy that was verified some time ago, whose rows may have been rewritten. All
// chunks count as verified, or none.
Comparison CompareAsWhole(const std::vector<ledger::DoneChunk>& done, const ReadBack& read_back);

}  // namespace regraft::verification
