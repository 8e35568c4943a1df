#include "engine/execution/failure.h"

#include "engine/pg/error.h"

namespace regraft::execution {

void Failure::Report(const absl::Status& status) {
  if (status.ok()) return;
  const std::lock_guard lock(mutex_);
  if (root_.ok() || (pg::IsCancellation(root_) && !pg::IsCancellation(status))) root_ = status;
  any_.store(true, std::memory_order_release);
}

absl::Status Failure::root() const {
  const std::lock_guard lock(mutex_);
  return root_;
}

}  // namespace regraft::execution
