// Tries what the leaf lock must refuse and what it must let pass, on tables of its own.
#pragma once

#include "engine/leaf_lock/leaf_lock.h"

#include <string>
#include <vector>

namespace regraft::leaf_lock {

enum class Expected {
  kRefused,
  kAllowed,
  kUnenforceable  // the server does not let us refuse it to this role; Check() finds it afterwards
};
struct Attempt {
  std::string what, sql;
  Expected expected = Expected::kRefused;
  bool refused = false;
  std::string sqlstate, message;  // empty where it was allowed
  [[nodiscard]] bool as_expected() const {
    return expected == Expected::kUnenforceable || refused == (expected == Expected::kRefused);
  }
};
struct AttemptsReport {
  LockState lock;
  std::string role;  // as whom it was tried
  std::vector<Attempt> attempts;
};
// In one transaction that is rolled back, in a schema of its own, each attempt in a savepoint.
// Errors: BadPlan where nothing is locked.
absl::StatusOr<AttemptsReport> TryBypasses(pg::Connection& connection);

}  // namespace regraft::leaf_lock
