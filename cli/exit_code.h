// The exit codes of docs/operations.md; scripts rely on them.
#pragma once

#include "absl/status/status.h"

namespace regraft::cli {

enum ExitCode : int {
  kDone = 0,
  kError = 1,
  kDifferences = 2,
  kNotApproved = 3,
  kLockNotObtained = 4,
  kStopped = 5,
  kUsage = 64,
  kBadPlan = 78,
  kInterrupted = 130,
};

int ExitCodeFor(const absl::Status& status);

}  // namespace regraft::cli
