#include "engine/copy/remainder.h"

namespace regraft::copy {

absl::StatusOr<Remainder> FindRemainder(Job* /*job*/) { return Remainder{}; }

absl::Status StoreRemainder(Job* /*job*/, const Remainder& /*remainder*/, ledger::RunRecord* /*run*/) {
  return absl::OkStatus();
}

}  // namespace regraft::copy
