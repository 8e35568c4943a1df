// What a finished run's own records say against each other and against its remainder table: shared
// by all that prove a copy a second time, or take it back.
#pragma once

#include "engine/ledger/ledger.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::copy {

// Sentences; none if every planned chunk of the run is recorded as done, and the rows of the chunks
// and those set aside are what a plain count of the source gave.
absl::StatusOr<std::vector<std::string>> LedgerDamage(pg::Connection& connection,
                                                      const ledger::RunRecord& run);

// A sentence if the run's remainder table no longer holds what was set aside; empty if it does, or
// if there is none. `connect` is the target's, where remainder tables are.
absl::StatusOr<std::string> RemainderDamage(pg::Connection& connection,
                                            const pg::ConnectOptions& connect,
                                            const analysis::ReadBackPlan& plan,
                                            const ledger::RunRecord& run);

}  // namespace regraft::copy
