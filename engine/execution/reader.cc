#include "engine/execution/reader.h"

#include "engine/analysis/chunking.h"
#include "engine/analysis/sql.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace regraft::execution {

std::string DescribeChunk(const ledger::Chunk& chunk) {
  const std::string end =
      chunk.range.end_block < 0 ? "the end" : absl::StrCat(chunk.range.end_block);
  return absl::StrCat(pg::DisplayName(chunk.leaf.name), " chunk ", chunk.number, " (blocks ",
                      chunk.range.first_block, " to ", end, ")");
}

std::string ChunkCopySql(const analysis::CopyPlan& plan, const ledger::Chunk& chunk) {
  std::string where = plan.where();
  if (!chunk.excluded.empty()) {
    const std::string list = absl::StrJoin(
        chunk.excluded, ",",
        [](std::string* out, const std::string& ctid) { absl::StrAppend(out, "\"", ctid, "\""); });
    where = absl::StrCat(where.empty() ? "" : absl::StrCat("(", where, ") AND "),
                         "s.ctid <> ALL ('{", list, "}'::tid[])");
  }
  return absl::StrCat("COPY (SELECT ", absl::StrJoin(plan.select, ", "), " ",
                      analysis::FromRange(chunk.leaf, chunk.range, where),
                      ") TO STDOUT (FORMAT binary)");
}

absl::Status Reader::Start(const ledger::Chunk* chunk) {
  ASSIGN_OR_RETURN(pg::CopyOut stream, connection_.StartCopyOut(ChunkCopySql(plan_, *chunk)));
  stream_.emplace(std::move(stream));
  chunk_ = chunk;
  first_ = true;
  saw_header_ = false;
  return absl::OkStatus();
}

absl::StatusOr<SlabPtr> Reader::Next() {
  if (chunk_ == nullptr) {
    const ledger::Chunk* chunk = queue_->Take();
    if (chunk == nullptr) return SlabPtr();
    if (const absl::Status started = Start(chunk); !started.ok())
      return Annotate(started, DescribeChunk(*chunk));
  }
  SlabPtr slab = pool_.Take();
  slab->chunk = chunk_;
  slab->first = std::exchange(first_, false);
  if (const absl::Status filled = Fill(slab.get()); !filled.ok())
    return Annotate(filled, DescribeChunk(*slab->chunk));
  return slab;
}

absl::Status Reader::Fill(Slab* slab) {
  slab->rows.reserve(limits_.slab_bytes + limits_.slab_bytes / 8);
  std::string_view message;
  while (slab->rows.size() < limits_.slab_bytes) {
    ASSIGN_OR_RETURN(const bool more, stream_->Next(&message));
    if (!more) {
      slab->last = true;
      stream_.reset();
      chunk_ = nullptr;
      break;
    }
    RETURN_IF_ERROR(Append(message, slab));
  }
  saw_giant_ = slab->rows.size() > 4 * limits_.slab_bytes;
  return absl::OkStatus();
}

absl::Status Reader::Append(std::string_view message, Slab* slab) {
  if (!saw_header_) {
    ASSIGN_OR_RETURN(const size_t header, copy_format::ParseHeader(message));
    message.remove_prefix(header);
    saw_header_ = true;
  }
  if (message.size() > limits_.row_bytes_max)
    return BadPlan(absl::StrCat(
        "a row of ", message.size(), " bytes does not fit the memory limit, which allows ",
        limits_.row_bytes_max,
        " a row; the same command with a larger --max-memory or fewer --jobs continues"));
  slab->rows.append(message);
  return absl::OkStatus();
}

}  // namespace regraft::execution
