// The ledger: schema `regraft` in the target database. What happened to which rows is what it says,
// because a chunk's entry commits together with its rows. Documented in docs/ledger.md.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/status.h"

namespace regraft::ledger {

// Makes or migrates the schema. Errors: PermissionDenied with the SQL that the database's owner
// must run; FailedPrecondition if a newer regraft has made it.
absl::Status Install(pg::Connection& connection);

// True if copies can be read; approvals and answers; actions of plans; audits; repairs; what the
// registry said before actions; the plans of leaf locks; files of tables. Nothing is made. Errors:
// FailedPrecondition if a newer regraft has made the schema.
absl::StatusOr<bool> IsInstalled(pg::Connection& connection);
absl::StatusOr<bool> HasApprovals(pg::Connection& connection);
absl::StatusOr<bool> HasPlanActions(pg::Connection& connection);
absl::StatusOr<bool> HasAudits(pg::Connection& connection);
absl::StatusOr<bool> HasClean(pg::Connection& connection);
absl::StatusOr<bool> HasLeafBefore(pg::Connection& connection);
absl::StatusOr<bool> HasLockParts(pg::Connection& connection);
absl::StatusOr<bool> HasPlanStorage(pg::Connection& connection);

}  // namespace regraft::ledger
