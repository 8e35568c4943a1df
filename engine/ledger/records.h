// The ledger's rows as values.
#pragma once

#include "engine/analysis/chunking.h"
#include "engine/analysis/read_back_plan.h"
#include "engine/catalog/table.h"
#include "engine/digest/digest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::ledger {

// A chunk of a run: one entry of the work list.
struct Chunk {
  int64_t number = 0;
  catalog::Leaf leaf;                 // name, kind, has_ctid; sizes are not kept
  analysis::ChunkRange range;         // range.leaf is not used
  std::vector<std::string> excluded;  // ctids of remainder rows in this leaf's range
};

// A chunk that has committed.
struct DoneChunk {
  int64_t number = 0;
  uint64_t xid = 0;           // xid8; its low half is the rows' xmin
  digest::SetDigest source;   // the source's columns as read
  digest::SetDigest written;  // the rows as sent

  [[nodiscard]] uint32_t xmin() const { return static_cast<uint32_t>(xid); }
};

struct CopyRecord {
  int64_t copy_id = 0;
  std::string source_name, target_name, source_database;  // for people
  uint32_t source_oid = 0, target_oid = 0;
  bool same_database = true;
  std::string provenance;  // for people: "origin=2023"
  analysis::ReadBackPlan read_back;
};

enum class RunState { kCopying, kCopied, kVerified, kDifferent, kDiscarded };

struct RunRecord {
  int64_t run_id = 0;
  int64_t copy_id = 0;
  RunState state = RunState::kCopying;
  bool target_created = false;
  bool foreign_keys_unchecked = false;  // rows were written while the server did not check them
  int64_t others_rows = 0;              // rows in the target before, that are not this copy's
  std::optional<std::string> others_digest;
  std::optional<int64_t> source_rows;
  std::optional<int64_t> landed_rows;  // known once verified
  std::optional<std::string> landed_digest;
  std::optional<std::string> remainder_name;
  uint32_t remainder_oid = 0;
  int64_t remainder_rows = 0;
  std::optional<std::string> remainder_digest;
  double seconds_copy = 0;
  double seconds_verify = 0;
};

}  // namespace regraft::ledger
