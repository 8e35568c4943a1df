// The locks of a copy, each on a connection of its own for as long as the object lives.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <functional>
#include <memory>
#include <string>

namespace regraft::copy {

struct LockWait {
  int seconds = 30;
  std::function<void(const std::string&)> say;
};

// Copies into one target under one discriminator exclude each other: an advisory lock of the
// session, polled. Errors: kLock, naming who holds it.
absl::StatusOr<pg::Connection> HoldCopyLock(const pg::ConnectOptions& options,
                                            const std::string& key, const LockWait& wait);

// A killed program's locks are free at once, but what its other sessions were told to do goes on:
// one that is in a commit still commits. Every session that commits what a later program reads
// joins the others of its key; a later program, with the lock of that key, ends those that are
// left and goes on when they are gone. Errors: kLock.
absl::Status JoinSessions(pg::Connection& connection, const std::string& key);
absl::Status EndSessions(pg::Connection& lock, const std::string& key, const LockWait& wait);

// LOCK TABLE … IN `mode` MODE as the first statement of an open transaction, by attempts of 3 s
// with pauses between, so that those who queue behind us are let through. Errors: kLock naming who
// blocks us; PermissionDenied.
absl::StatusOr<pg::Connection> HoldTableLock(const pg::ConnectOptions& options,
                                             const pg::QualifiedName& table,
                                             const std::string& mode, const LockWait& wait);

}  // namespace regraft::copy
