#include "cli/exit_code.h"

#include "engine/base/failure_kind.h"

namespace regraft::cli {

int ExitCodeFor(const absl::Status& status) {
  if (status.ok()) return kDone;
  switch (KindOf(status)) {
    case FailureKind::kDifferences:
      return kDifferences;
    case FailureKind::kLock:
      return kLockNotObtained;
    case FailureKind::kStopped:
      return kStopped;
    case FailureKind::kBadPlan:
      return kBadPlan;
    case FailureKind::kNotApproved:
      return kNotApproved;
    case FailureKind::kError:
      break;
  }
  return kError;
}

}  // namespace regraft::cli
