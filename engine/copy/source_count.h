// A plain count(*) of the source, without our chunks, in the copy's snapshot: a range missed by the
// reader would be missing from both digests, and only here it shows. Runs beside the copy, on a
// thread of its own that alone uses the exporter's session until the count has ended. Lives shorter
// than its job; its destructor ends the count.
#pragma once

#include "engine/copy/job.h"

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"

#include <cstdint>
#include <string>
#include <thread>

namespace regraft::copy {

class SourceCount {
 public:
  // `from`: "FROM …" with all its conditions. REQUIRES: job->exporter holds the snapshot.
  SourceCount(Job* job, const std::string& from);
  ~SourceCount() { Stop(); }
  SourceCount(const SourceCount&) = delete;
  SourceCount& operator=(const SourceCount&) = delete;

  // Whether the count, and behind it the snapshot, is still there.
  [[nodiscard]] absl::Status CheckAlive() const;

  // Waits for the answer; an interrupt by the user ends that.
  absl::StatusOr<int64_t> Get();

  // Why the lanes have failed: a count that fails takes the snapshot with it, and all that they can
  // say is that there is none. REQUIRES: stopped.
  [[nodiscard]] absl::Status CauseOf(const absl::Status& failure) const;

  // Cancels the count, and returns when it has ended.
  void Stop();

 private:
  void Count(const std::string& from);

  Job* job_;
  absl::Status status_;
  int64_t rows_ = -1;
  absl::Notification finished_;  // guards the two above
  std::jthread thread_;          // last: starts when the rest is there
};

}  // namespace regraft::copy
