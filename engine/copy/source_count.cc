#include "engine/copy/source_count.h"

#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include <chrono>

namespace regraft::copy {
namespace {

constexpr std::chrono::milliseconds kLookAgain{50};

}  // namespace

SourceCount::SourceCount(Job* job, const std::string& from)
    : job_(job), thread_([this, from] { Count(from); }) {}

void SourceCount::Count(const std::string& from) {
  const auto result = job_->exporter->Execute("SELECT count(*) " + from);
  status_ = result.status();
  if (result.ok()) rows_ = result->Int64(0, 0);
  finished_.store(true, std::memory_order_release);
}

absl::Status SourceCount::CheckAlive() const {
  if (!finished_.load(std::memory_order_acquire)) return absl::OkStatus();
  RETURN_IF_ERROR(status_);
  return job_->exporter->CheckAlive();
}

absl::StatusOr<int64_t> SourceCount::Get() {
  const auto& user = job_->options.source.scope;
  while (!finished_.load(std::memory_order_acquire)) {
    if (user != nullptr && user->cancelled()) Stop();
    std::this_thread::sleep_for(kLookAgain);
  }
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
  while (!finished_.load(std::memory_order_acquire)) {
    job_->exporter_scope->Cancel();
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace regraft::copy
