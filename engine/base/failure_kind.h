// What kind of failure a status is, where that decides what a caller or a script does next.
#pragma once

#include "absl/status/status.h"

#include <string>

namespace regraft {

enum class FailureKind {
  kError,        // anything else
  kDifferences,  // rows are not what they must be
  kLock,         // a lock was not obtained; the same command may be run again
  kStopped,      // stopped on purpose, resumable
  kBadPlan,      // a changed flag, plan or target would cure it
  kNotApproved,  // not, not yet, or no longer approved
};

namespace internal {
inline constexpr absl::string_view kFailureKindUrl = "regraft/failure-kind";
}

inline absl::Status WithKind(absl::Status status, FailureKind kind) {
  if (!status.ok())
    status.SetPayload(internal::kFailureKindUrl,
                      absl::Cord(std::string(1, static_cast<char>('0' + static_cast<int>(kind)))));
  return status;
}

inline FailureKind KindOf(const absl::Status& status) {
  const auto payload = status.GetPayload(internal::kFailureKindUrl);
  if (!payload.has_value() || payload->empty()) return FailureKind::kError;
  return static_cast<FailureKind>((*payload)[0] - '0');
}

// Shorthands for those that the engine raises most.
inline absl::Status BadPlan(absl::string_view message) {
  return WithKind(absl::InvalidArgumentError(message), FailureKind::kBadPlan);
}
inline absl::Status NotApproved(absl::string_view message) {
  return WithKind(absl::FailedPreconditionError(message), FailureKind::kNotApproved);
}
inline absl::Status Differences(absl::string_view message) {
  return WithKind(absl::DataLossError(message), FailureKind::kDifferences);
}

}  // namespace regraft
