#include "engine/verification/scan.h"

#include "engine/base/status_macros.h"
#include "engine/pg/error.h"
#include "engine/verification/scan_lane.h"
#include "engine/verification/scan_snapshot.h"

#include "absl/base/macros.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace regraft::verification {
namespace {

using std::chrono_literals::operator""ms;

// How often the caller's scope is looked at, and a cancel repeated: it hits nothing when it arrives
// between two statements.
constexpr auto kLookAgain = 100ms;
// A peer that has answered no cancel for this long (10 s) is taken for unreachable.
constexpr int kCancelsMax = 100;

std::vector<analysis::ChunkRange> ChunksOf(const ScanRequest& request) {
  if (!request.from.empty()) return {analysis::ChunkRange{}};
  return analysis::CutIntoChunks(request.leaves, request.chunk_bytes);
}

absl::Status ReadHere(const ScanRequest& request, const RowVisitor& visitor) {
  RETURN_IF_ERROR(request.session->Run(ScanSettings(request)));
  const std::vector<analysis::ChunkRange> chunks = ChunksOf(request);
  for (size_t chunk = 0; chunk < chunks.size(); ++chunk)
    RETURN_IF_ERROR(
        ReadRange(*request.session, request, chunks[chunk],
                  [&](const copy_format::Tuple& row) { return visitor(/*lane=*/0, chunk, row); }));
  return absl::OkStatus();
}

// The lanes of one scan and what they share. The caller's thread waits in Run and is the one that
// cancels.
class Crew {
 public:
  Crew(const ScanRequest& request, const RowVisitor& visitor, std::string snapshot)
      : request_(request),
        visitor_(visitor),
        snapshot_(std::move(snapshot)),
        chunks_(ChunksOf(request)) {
    ABSL_HARDENING_ASSERT(!chunks_.empty());  // else nothing would be read, and nothing differ
  }

  absl::Status Run() {
    const int wanted = std::max(1, request_.jobs);
    const int lanes =
        static_cast<int>(std::min<size_t>(static_cast<size_t>(wanted), chunks_.size()));
    running_ = lanes;
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<size_t>(lanes));
    for (int lane = 0; lane < lanes; ++lane)
      threads.emplace_back([this, lane] { Finish(Guarded(lane)); });
    AwaitLanes();
    return first_failure_;
  }

 private:
  absl::Status Work(int lane) {
    pg::ConnectOptions options = request_.connect;
    options.scope = scope_;
    absl::StrAppend(&options.role, "/", lane + 1);
    ASSIGN_OR_RETURN(ScanLane reader, ScanLane::Open(request_, options, snapshot_));
    while (true) {
      const size_t chunk = next_.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= chunks_.size()) return reader.Close();
      RETURN_IF_ERROR(reader.Read(chunks_[chunk], [&](const copy_format::Tuple& row) {
        return visitor_(lane, chunk, row);
      }));
    }
  }

  // A visitor may run out of memory; an exception must not leave a thread.
  absl::Status Guarded(int lane) {
    try {
      return Work(lane);
    } catch (const std::exception& error) {
      return absl::ResourceExhaustedError(
          absl::StrCat(request_.connect.role, "/", lane + 1, ": ", error.what()));
    }
  }

  // Keeps the root cause: the first failure, except that what is not a cancellation goes before
  // one. What lanes say after their sockets were shut is our own doing.
  void Finish(absl::Status status) {
    const std::lock_guard lock(mutex_);
    if (sockets_shut_ && !status.ok())
      status = absl::CancelledError(
          absl::StrCat(request_.connect.role, ": stopped, no answer to a cancel"));
    const bool better = pg::IsCancellation(first_failure_) && !pg::IsCancellation(status);
    if (!status.ok() && (first_failure_.ok() || better)) first_failure_ = std::move(status);
    --running_;
    ended_.notify_one();
  }

  [[nodiscard]] bool MustStop() const {
    const auto& outer = request_.connect.scope;
    return !first_failure_.ok() || (outer != nullptr && outer->cancelled());
  }

  void AwaitLanes() {
    std::unique_lock lock(mutex_);
    for (int cancels = 0; running_ > 0;) {
      if (MustStop()) {
        sockets_shut_ = ++cancels > kCancelsMax;
        lock.unlock();  // a cancel takes a round trip, and lanes must be able to end meanwhile
        cancels > kCancelsMax ? scope_->ShutDownSockets() : scope_->Cancel();
        lock.lock();
      }
      const int before = running_;
      ended_.wait_for(lock, kLookAgain, [&] { return running_ < before; });
    }
  }

  const ScanRequest& request_;
  const RowVisitor& visitor_;
  const std::string snapshot_;
  const std::vector<analysis::ChunkRange> chunks_;
  const std::shared_ptr<pg::CancelScope> scope_ = std::make_shared<pg::CancelScope>();
  std::atomic<size_t> next_ = 0;

  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
  bool sockets_shut_ = false;
  absl::Status first_failure_;
};

}  // namespace

absl::Status Scan(const ScanRequest& request, const RowVisitor& visitor) {
  if (request.session != nullptr) return ReadHere(request, visitor);
  if (!request.snapshot.empty()) return Crew(request, visitor, request.snapshot).Run();
  ASSIGN_OR_RETURN(const ExportedSnapshot exported, ExportedSnapshot::Export(request.connect));
  return Crew(request, visitor, exported.id()).Run();
}

}  // namespace regraft::verification
