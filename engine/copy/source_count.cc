#include "engine/copy/source_count.h"

#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/time/time.h"

namespace regraft::copy {
namespace {

constexpr absl::Duration kLookAgain = absl::Milliseconds(50);

}  // namespace

SourceCount::SourceCount(Job* job, const std::string& from)
    : job_(job), thread_([this, from] { Count(from); }) {}

void SourceCount::Count(const std::string& from) {
  const auto result = job_->exporter->Execute("SELECT count(*) " + from);
  status_ = result.status();
  if (result.ok()) rows_ = result->Int64(0, 0);
  finished_.Notify();
}

absl::Status SourceCount::CheckAlive() const {
  if (!finished_.HasBeenNotified()) return absl::OkStatus();
  RETURN_IF_ERROR(status_);
  return job_->exporter->CheckAlive();
}

absl::StatusOr<int64_t> SourceCount::Get() {
  const auto& user = job_->options.source.scope;
  while (!finished_.WaitForNotificationWithTimeout(kLookAgain))
    if (user != nullptr && user->cancelled()) Stop();
  if (user != nullptr && user->cancelled())
    return absl::CancelledError("interrupted while the source was counted");
  if (!status_.ok()) return status_;
  return rows_;
}

absl::Status SourceCount::CauseOf(const absl::Status& failure) const {
  const std::string sqlstate = pg::Sqlstate(failure);
  const bool no_snapshot = sqlstate == "55000" || sqlstate == "22023";
  return no_snapshot && !status_.ok() && !pg::IsCancellation(status_) ? status_ : failure;
}

// A cancel may come before the statement has begun, so it is repeated.
void SourceCount::Stop() {
  while (!finished_.HasBeenNotified()) {
    job_->exporter_scope->Cancel();
    finished_.WaitForNotificationWithTimeout(kLookAgain);
  }
}

}  // namespace regraft::copy
