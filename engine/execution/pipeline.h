// One lane: a parallel pipeline that carries every slab from COPY OUT to COPY IN.
//
//   read (serial, in order)  ->  transform and digest (parallel)  ->  write (serial, in order)
//
// The threads of a lane are counted: one may block in the read, one in the write, and one is left to
// transform. No filter waits for another; with a single thread the lane still moves, only slower.
#pragma once

#include "engine/execution/failure.h"
#include "engine/execution/reader.h"
#include "engine/execution/transform.h"
#include "engine/execution/writer.h"

namespace regraft::execution {

inline constexpr int kThreadsPerLane = 3;
// Slabs alive in a lane at most; together with the slab size the bound on a lane's memory.
inline constexpr size_t kLiveSlabsPerLane = 4;

// Allows as many threads as `lanes` lanes need, as long as it lives. oneTBB would otherwise give the process
// no more than the machine has cores, and blocked threads count.
class LaneThreads {
 public:
  explicit LaneThreads(int lanes);
  ~LaneThreads();
  LaneThreads(const LaneThreads&) = delete;
  LaneThreads& operator=(const LaneThreads&) = delete;

 private:
  struct Control;
  Control* control_;
};

// Runs until the queue is empty or any lane has failed; failures go to `failure`.
void RunLane(Reader* reader, const Transform& transform, Writer* writer, Failure* failure);

}  // namespace regraft::execution
