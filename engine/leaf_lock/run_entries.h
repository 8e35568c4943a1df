// What runs of plans say in the registry: of the tables that they take away, bring back and make.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/status.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace regraft::leaf_lock {

// The rows of a remainder wait until people have decided about them, as those of an intake do.
inline constexpr std::string_view kRemainderLeafType = "STAGING";

struct ActionOfRun {
  int64_t run_id = 0;
  std::string action_id;
  uint32_t source = 0, target = 0;  // OIDs; 0: none
};

// All REQUIRE the transaction that changes the tables, with its permit where something is locked.

// Keeps in the ledger what the registry says of the source now.
absl::Status KeepEntry(pg::Connection& connection, const ActionOfRun& action);
// Makes the registry say again what KeepEntry() kept: where it said nothing, the source is
// unclassified in a locked schema, and no leaf elsewhere. Kept by nobody: nothing to do.
absl::Status RestoreEntry(pg::Connection& connection, const ActionOfRun& action);

// Says in the registry that this table of a locked schema holds the remainder of the action: in the
// sub-hub of its target, or of its source; where both are unclassified, the remainder is, too. What
// a plan or people said of it stays.
absl::Status RegisterRemainder(pg::Connection& connection, const ActionOfRun& action,
                               const pg::QualifiedName& remainder);
// Those of all runs, as the ledger knows them.
absl::Status RegisterRemainders(pg::Connection& connection);

}  // namespace regraft::leaf_lock
