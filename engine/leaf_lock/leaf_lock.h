// The leaf lock: in its schemas no relation appears, disappears or changes its structure unless it
// is registered, an approved run does it, or somebody opened the lock. Rows stay free. What is
// enforced for whom: docs/leaf-lock.md. Needs the ledger.
#pragma once

#include "engine/pg/connection.h"
#include "engine/plan/lock.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace regraft::leaf_lock {

// What one plan has locked.
struct LockPart {
  std::string plan_name, locked_by;
  plan::Lock lock;
  bool reserve = false;  // leaves that are not there keep their place
};

struct LockState {
  int64_t lock_id = 0;
  std::string keeper;    // the role that owns the locked schemas; nobody logs in as it
  bool guarded = false;  // by event triggers and triggers; otherwise by privileges alone
  std::string plan_name, locked_by, locked_at;  // of several parts: each, apart by "; "
  std::vector<std::string> schemas;             // of all parts
  std::vector<LockPart> parts;  // by FindWholeLock() alone; none: an earlier version made it
};
// The lock in force, if there is one. Needs no ledger.
absl::StatusOr<std::optional<LockState>> FindLock(pg::Connection& connection);
// With the plans that it is made of.
absl::StatusOr<std::optional<LockState>> FindWholeLock(pg::Connection& connection);

struct FreezeOptions {
  std::string plan_name;  // by which this part of the lock is known again
  std::string by;
  // Leaves that are not there yet keep their place in the registry; otherwise they are an error.
  bool reserve = false;
  int lock_wait_seconds = 30;
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct FreezeReport {
  LockState lock;
  bool again = false;               // a lock in force was replaced
  std::vector<std::string> beside;  // plans whose locks stay in force
  int64_t registered = 0, unclassified = 0, reserved = 0;
  std::vector<std::string> statements;  // owners and privileges that were changed
  std::vector<std::string> lost;        // of the lock that was replaced, as in LiftReport
};

// Fills the registry and locks, in a transaction of its own. This plan's lock in force is replaced,
// and so is another's whose schemas it has all: what stands there now becomes what is frozen. Those
// of other plans stay, if nothing of them has drifted. Who is no superuser makes the privilege
// layer alone. Errors: BadPlan for schemas and leaves that are not there, and cardinality that does
// not hold; Differences for drift; kLock.
absl::Status Freeze(pg::Connection& connection, const plan::Lock& lock,
                    const FreezeOptions& options, FreezeReport* report);

struct LiftOptions {
  std::string by, reason;
  std::string plan_name = {};  // its part alone; empty: the whole lock
  int lock_wait_seconds = 30;
  std::function<void(const std::string&)> say = [](const std::string&) {};
};
struct LiftReport {
  // What could not be given back, since its role, schema or table is gone; also told by `say`.
  std::vector<std::string> lost;
  std::vector<std::string> stay;  // plans whose locks are in force as before
};
// Takes the lock away; owners and privileges become what the lock has recorded. The registry
// stays. No lock: nothing to do. Errors: BadPlan where no such plan has locked; kLock;
// PermissionDenied.
absl::StatusOr<LiftReport> Lift(pg::Connection& connection, const LiftOptions& options);

struct Window {
  std::string opened_at, expires_at;
};
// Lets everything pass for so long; what happens meanwhile is taken into the registry. Errors:
// BadPlan where nothing is locked, or no guard would end it.
absl::StatusOr<Window> OpenWindow(pg::Connection& connection, const LiftOptions& options,
                                  int64_t seconds);

}  // namespace regraft::leaf_lock
