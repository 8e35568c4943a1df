// Approvals of one plan, and answers to one question, are changed one after the other.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/status.h"

#include <functional>
#include <string>

namespace regraft::approval {

// Makes or migrates the ledger where approvals have no tables yet. Whoever approves needs no right
// on those of copies.
absl::Status MakeLedger(pg::Connection& connection);

// Runs `work` in a transaction that holds the advisory lock of `key`, and commits it unless it
// fails. Errors: the work's; kLock when others hold the lock for longer than 10 s; missing
// privileges with the GRANT that cures them.
absl::Status Locked(pg::Connection& connection, const std::string& key,
                    const std::function<absl::Status()>& work);

// The status with the GRANT that would cure it, where it says that a privilege is missing.
absl::Status WithGrant(pg::Connection& connection, const absl::Status& status);

}  // namespace regraft::approval
