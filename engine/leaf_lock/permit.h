// How an approved run passes the leaf lock: by a row that exists within its transaction only.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::leaf_lock {

struct Permit {
  bool open = false;  // false: nothing is locked
  bool guarded = false;
  bool joined = false;  // the keeper, for this transaction
  std::string keeper;
};

// REQUIRES: an open transaction. Everything passes until ClosePermit(), for this transaction alone.
// Errors: PermissionDenied for a role that is neither superuser nor a member of the keeper.
absl::StatusOr<Permit> OpenPermit(pg::Connection& connection, const std::string& plan_sha256);

// Takes what the transaction did into the registry, ends the permit, and checks. To be called
// before COMMIT: a permit that is left is drift. Errors: Differences, naming what does not fit.
absl::Status ClosePermit(pg::Connection& connection, const Permit& permit);

}  // namespace regraft::leaf_lock
