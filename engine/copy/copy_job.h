// One table into another, verified: the whole of `regraft copy`, without a word of printing. The
// phases, in order, each in a file of its name: prepare, decide, hold, start or resume, move,
// finish, prove. A call blocks until its copy has ended; what stops it is the CancelScope in the
// options' connections.
#pragma once

#include "engine/analysis/chunking.h"
#include "engine/execution/progress.h"
#include "engine/pg/connection.h"
#include "engine/plan/mapping.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace regraft::copy {

struct CopyOptions {
  pg::ConnectOptions source, target;  // `role` is set by the job
  plan::CopyRequest request;
  int jobs = 2;
  int64_t chunk_bytes = analysis::kChunkBytesDefault;
  int64_t max_memory_bytes = int64_t{1} << 30;
  bool verify = true;
  bool lock = true;              // the source SHARE, so that it stays as it was read
  bool again = false;            // append once more what was copied before
  bool restart = false;          // remove what this copy wrote, then copy
  int lock_wait_seconds = 30;    // for any lock, before giving up
  bool tolerate_absent = false;  // DiscardCopy(): a copy that the ledger does not know is no error

  // Called with what makes or drops tables of the target's database, in the transaction that is
  // open there: for schemas in which not everybody may.
  std::function<absl::Status(pg::Connection&, const std::function<absl::Status()>& work)> pass =
      [](pg::Connection&, const std::function<absl::Status()>& work) { return work(); };
  // Whether to stop on purpose, after the chunks that are under way; what comes back is kStopped.
  std::function<bool()> stop_wanted = [] { return false; };

  // Called when every row is proved, while the source is still locked, with the session that holds
  // the lock, in its transaction: what must become of the source before anybody can write to it.
  // Whatever it does not commit is rolled back. A finished copy is proved again for it, its source
  // too. DiscardCopy() calls it when the rows are gone, and commits afterwards.
  std::function<absl::Status(pg::Connection&)> conclude;

  std::function<void(const std::string&)> say = [](const std::string&) {};
  // Called a few times a second with the phase ("copying", "verifying"), what is done, and the rows
  // and bytes expected (estimates; 0 unknown).
  struct Tick {
    std::string_view phase;
    int64_t rows = 0, bytes = 0;
    int64_t bytes_expected = 0;
    double seconds = 0;
  };
  std::function<void(const Tick&)> on_tick = [](const Tick&) {};
};

// The accounting of a copy; totals cover all its runs.
struct CopyReport {
  std::string source, target, provenance;
  int64_t rows = 0, bytes = 0;
  int64_t chunks = 0, chunks_verified = 0;
  std::optional<bool> verified;  // nullopt: not asked for, or not reached
  bool already_done = false;
  std::string source_digest, written_digest;  // 32 hex digits
  std::string whole_source_digest;            // with the rows set aside
  int64_t rows_source = 0;                    // plain count(*) in the copy's snapshot
  int64_t rows_remainder = 0;
  std::string remainder_table;
  int64_t rows_target_before = 0;  // rows of others
  double seconds_copy = 0, seconds_verify = 0, seconds_total = 0;
  int jobs = 0;
  int64_t max_memory_bytes = 0;
  std::vector<std::string> differences;
};

// What ends a work on purpose, resumable.
absl::Status Stopped(const std::string& words);

// `report` is filled as far as the copy got, on failure too.
absl::Status RunCopy(const CopyOptions& options, CopyReport* report);

// Removes exactly the rows that this copy wrote, after proving that they are still those.
absl::Status DiscardCopy(const CopyOptions& options, CopyReport* report);

}  // namespace regraft::copy
