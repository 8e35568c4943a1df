#include "engine/execution/redigest.h"

#include "engine/base/status_macros.h"
#include "engine/execution/failure.h"
#include "engine/execution/reader.h"
#include "engine/execution/transform.h"
#include "engine/pg/snapshot.h"

#include "absl/strings/str_cat.h"

#include <mutex>
#include <thread>

namespace regraft::execution {
namespace {

using Digests = std::map<int64_t, digest::SetDigest>;

absl::Status DigestLane(Reader* reader, const Transform& transform, const Failure& failure,
                        Digests* digests) {
  while (!failure.any()) {
    ASSIGN_OR_RETURN(SlabPtr slab, reader->Next());
    if (slab == nullptr) break;
    RETURN_IF_ERROR(transform.Apply(slab.get()));
    (*digests)[slab->chunk->number] += slab->source;
    reader->Recycle(std::move(slab));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Digests> RedigestChunks(const analysis::CopyPlan& plan,
                                       const std::vector<ledger::Chunk>& chunks,
                                       const RedigestRequest& request) {
  const Transform transform(plan);
  ChunkQueue queue(chunks);
  Failure failure;
  std::vector<Digests> lanes(static_cast<size_t>(request.jobs));
  {
    std::vector<std::jthread> threads;
    for (size_t lane = 0; lane < lanes.size(); ++lane) {
      pg::ConnectOptions options = request.source;
      absl::StrAppend(&options.role, "/", lane + 1);
      auto connection = pg::OpenInSnapshot(options, request.snapshot);
      failure.Report(connection.status());  // lanes that are at work stop at their next slab
      if (!connection.ok()) break;
      threads.emplace_back(
          [&, lane,
           reader = std::make_unique<Reader>(*std::move(connection), plan, &queue, SlabLimits{})] {
            failure.Report(DigestLane(reader.get(), transform, failure, &lanes[lane]));
          });
    }
  }
  RETURN_IF_ERROR(failure.root());
  Digests all;
  for (const Digests& lane : lanes)
    for (const auto& [chunk, digest] : lane) all[chunk] += digest;
  return all;
}

}  // namespace regraft::execution
