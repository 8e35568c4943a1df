// One lane: a parallel pipeline that carries every slab from COPY OUT to COPY IN.
//
//   read (serial, in order)  ->  transform and digest (parallel)  ->  write (serial, in order)
//
// No filter waits for another, so a lane moves with any number of threads: with three, one may
// block in the read, one in the write, and one is left to transform; with one, they take turns.
#pragma once

#include "engine/execution/failure.h"
#include "engine/execution/reader.h"
#include "engine/execution/transform.h"
#include "engine/execution/writer.h"

#include <memory>

namespace regraft::execution {

inline constexpr int kThreadsPerLaneMax = 3;
// Slabs alive in a lane at most; together with the slab size the bound on a lane's memory.
inline constexpr size_t kLiveSlabsPerLane = 4;

// Decides how many threads each of `lanes` lanes gets, and makes oneTBB allow them as long as this
// lives: it would otherwise give the process no more than the machine has cores, and blocked
// threads count.
//
// Trade-off: a thread that finds nothing to do spins before it sleeps. Where every core has a lane
// of its own, that costs the servers beside it more than the overlap brings
// (docs/adr/0002-blocking-io-and-tbb.md).
class LaneThreads {
 public:
  explicit LaneThreads(int lanes);
  ~LaneThreads();
  LaneThreads(const LaneThreads&) = delete;
  LaneThreads& operator=(const LaneThreads&) = delete;

  [[nodiscard]] int per_lane() const { return per_lane_; }

 private:
  int per_lane_;
  struct Control;
  Control* control_;
};

struct Lane {
  std::unique_ptr<Reader> reader;
  std::unique_ptr<Writer> writer;
};

// Runs until the queue is empty or any lane has failed; failures go to `failure`.
void RunLane(const Lane& lane, const Transform& transform, int threads, Failure* failure);

}  // namespace regraft::execution
