#include "engine/execution/move_chunks.h"

#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"
#include "engine/execution/pipeline.h"
#include "engine/ledger/ledger.h"
#include "engine/pg/snapshot.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace regraft::execution {
namespace {

using std::chrono::milliseconds;

// How often the lanes are looked at, and how long a cancelled server may take before its socket is
// shut.
constexpr absl::Duration kTick = absl::Milliseconds(50);
constexpr milliseconds kCancelEvery{500};
constexpr milliseconds kCancelGrace{8'000};

// What all lanes of one move have in common.
struct Move {
  const analysis::CopyPlan& plan;
  const MoveRequest& request;
  Progress* progress;
  ChunkQueue queue;
  std::shared_ptr<pg::CancelScope> scope = std::make_shared<pg::CancelScope>();
  Failure failure = {};
  std::atomic<int> running = 0;
  absl::Notification ended = {};  // of the last lane
};

absl::StatusOr<pg::Connection> OpenWriter(const pg::ConnectOptions& options,
                                          const MoveRequest& request) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  // Safe, because a lost commit loses the rows and their ledger entry together; the last commit of
  // the copy is synchronous and makes all earlier ones durable.
  RETURN_IF_ERROR(connection.Run("SET synchronous_commit = off"));
  // Triggers and constraints of the target see the search path that they see from the role's other
  // sessions.
  RETURN_IF_ERROR(connection.Run("RESET search_path"));
  RETURN_IF_ERROR(connection.Run(
      absl::StrCat("SET lock_timeout = ", std::max(1, 1000 * request.lock_wait_seconds))));
  if (request.trigger_mode == TriggerMode::kReplica)
    RETURN_IF_ERROR(connection.Run("SET session_replication_role = replica"));
  RETURN_IF_ERROR(ledger::RegisterWorker(connection, request.run_id));
  return connection;
}

absl::StatusOr<Lane> OpenLane(Move* move, int number) {
  const MoveRequest& request = move->request;
  pg::ConnectOptions source = request.source;
  source.role = absl::StrCat("source-reader/", number);
  source.scope = move->scope;
  pg::ConnectOptions target = request.target;
  target.role = absl::StrCat("target-writer/", number);
  target.scope = move->scope;
  ASSIGN_OR_RETURN(pg::Connection reading, pg::OpenInSnapshot(source, request.snapshot));
  ASSIGN_OR_RETURN(pg::Connection writing, OpenWriter(target, request));
  return Lane{
      std::make_unique<Reader>(std::move(reading), move->plan, &move->queue, request.limits),
      std::make_unique<Writer>(std::move(writing), move->plan, request.run_id, request.trigger_mode,
                               move->progress)};
}

// Watches the lanes until all have ended; after a failure or an interrupt keeps cancelling what
// they run.
void Watch(Move* move) {
  const MoveRequest& request = move->request;
  Failure& failure = move->failure;
  Deadline next_cancel = Deadline::After(milliseconds{0});
  Deadline grace = Deadline::After(kCancelGrace);
  bool stopping = false;
  while (!move->ended.HasBeenNotified()) {
    move->ended.WaitForNotificationWithTimeout(kTick);
    if (request.source.scope != nullptr && request.source.scope->cancelled())
      failure.Report(
          absl::CancelledError("interrupted; the same command continues where this stopped"));
    if (!failure.any()) failure.Report(request.check());
    if (request.stop_wanted()) move->queue.Close();
    if (request.on_tick) request.on_tick(*move->progress);
    if (!failure.any()) continue;
    if (!std::exchange(stopping, true)) grace = Deadline::After(kCancelGrace);
    if (next_cancel.passed()) {
      grace.passed() ? move->scope->ShutDownSockets() : move->scope->Cancel();
      next_cancel = Deadline::After(kCancelEvery);
    }
  }
}

}  // namespace

absl::Status MoveChunks(const analysis::CopyPlan& plan, const std::vector<ledger::Chunk>& chunks,
                        const MoveRequest& request, Progress* progress) {
  Move move{.plan = plan, .request = request, .progress = progress, .queue = ChunkQueue(chunks)};
  const Transform transform(plan);
  std::vector<Lane> lanes;
  for (int number = 1; number <= request.jobs; ++number) {
    ASSIGN_OR_RETURN(Lane lane, OpenLane(&move, number));
    lanes.push_back(std::move(lane));
  }
  const LaneThreads threads(request.jobs);
  move.running = request.jobs;
  std::vector<std::jthread> workers;
  workers.reserve(lanes.size());
  for (const Lane& lane : lanes)
    workers.emplace_back([&] {
      RunLane(lane, transform, threads.per_lane(), &move.failure);
      if (move.running.fetch_sub(1) == 1) move.ended.Notify();
    });
  Watch(&move);
  workers.clear();
  return move.failure.root();
}

}  // namespace regraft::execution
