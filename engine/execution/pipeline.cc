#include "engine/execution/pipeline.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <exception>

namespace regraft::execution {

struct LaneThreads::Control {
  explicit Control(size_t threads) : limit(tbb::global_control::max_allowed_parallelism, threads) {}
  tbb::global_control limit;
};

LaneThreads::LaneThreads(int lanes)
    : per_lane_(std::clamp(tbb::info::default_concurrency() / lanes, 1, kThreadsPerLaneMax)),
      control_(new Control(static_cast<size_t>(lanes * per_lane_ + 1))) {}
LaneThreads::~LaneThreads() { delete control_; }

namespace {

// A null token is a slab given up after a failure; the filters behind it have nothing to do.
class LaneFilters {
 public:
  LaneFilters(const Lane& lane, const Transform& transform, Failure* failure)
      : reader_(lane.reader.get()),
        transform_(transform),
        writer_(lane.writer.get()),
        failure_(failure) {}

  SlabPtr Read(tbb::flow_control& control, bool one_by_one) const {
    if (failure_->any() || (!one_by_one && reader_->saw_giant())) {
      control.stop();
      return nullptr;
    }
    absl::StatusOr<SlabPtr> slab = reader_->Next();
    if (!slab.ok()) failure_->Report(slab.status());
    if (!slab.ok() || *slab == nullptr) {
      control.stop();
      finished_ = true;
      return nullptr;
    }
    return *std::move(slab);
  }

  SlabPtr Transform(SlabPtr slab) const {
    if (slab == nullptr || failure_->any()) return nullptr;
    const absl::Status transformed = transform_.Apply(slab.get());
    return Keep(transformed, std::move(slab));
  }

  void Write(SlabPtr slab) const {
    if (slab == nullptr || failure_->any()) return;
    const absl::Status written = writer_->Write(*slab);
    reader_->Recycle(Keep(written, std::move(slab)));
  }

  [[nodiscard]] bool finished() const { return finished_ || failure_->any(); }

 private:
  SlabPtr Keep(const absl::Status& status, SlabPtr slab) const {
    if (status.ok()) return slab;
    failure_->Report(Annotate(status, DescribeChunk(*slab->chunk)));
    return nullptr;
  }

  Reader* reader_;
  const execution::Transform& transform_;
  Writer* writer_;
  Failure* failure_;
  // Written by the serial first filter, read when the pipeline has ended.
  mutable bool finished_ = false;
};

void RunPipeline(const LaneFilters& filters, size_t live_slabs) {
  const bool one_by_one = live_slabs == 1;
  tbb::parallel_pipeline(
      live_slabs,
      tbb::make_filter<void, SlabPtr>(
          tbb::filter_mode::serial_in_order,
          [&](tbb::flow_control& control) { return filters.Read(control, one_by_one); }) &
          tbb::make_filter<SlabPtr, SlabPtr>(
              tbb::filter_mode::parallel,
              [&](SlabPtr slab) { return filters.Transform(std::move(slab)); }) &
          tbb::make_filter<SlabPtr, void>(tbb::filter_mode::serial_in_order,
                                          [&](SlabPtr slab) { filters.Write(std::move(slab)); }));
}

}  // namespace

// Giant rows are carried one at a time: as soon as one is seen, the pipeline drains and starts
// again with a single live slab, so that memory is bounded by the row and not by a multiple of it.
void RunLane(const Lane& lane, const Transform& transform, int threads, Failure* failure) try {
  const LaneFilters filters(lane, transform, failure);
  tbb::task_arena arena(threads);
  arena.execute([&] {
    while (!filters.finished())
      RunPipeline(filters, lane.reader->saw_giant() ? 1 : kLiveSlabsPerLane);
  });
  failure->Report(failure->any()
                      ? lane.writer->Abandon()
                      : Annotate(lane.writer->Close(), "ending the copy's one transaction"));
} catch (const std::exception& error) {
  // bad_alloc and oneTBB's own: nothing else throws below.
  failure->Report(absl::ResourceExhaustedError(absl::StrCat("a lane stopped: ", error.what())));
}

}  // namespace regraft::execution
