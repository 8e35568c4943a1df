// The advisory lock of whoever changes what plans speak of: one program at a time in a database
// applies a plan, takes it back, or repairs data.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/status.h"

#include <functional>
#include <string>

namespace regraft::ledger {

// Held until the session ends; a rollback does not give it back. `say` gets who is in the way.
// Errors: kLock, naming who holds it.
absl::Status TakeApplyLock(pg::Connection& connection, int wait_seconds,
                           const std::function<void(const std::string&)>& say);

}  // namespace regraft::ledger
