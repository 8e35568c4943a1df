#include "engine/verification/scan_lane.h"

#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"
#include "engine/pg/identifier.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <cstdint>

namespace regraft::verification {
namespace {

bool HasSubSelect(const std::string& sql) {
  return absl::StrContains(absl::AsciiStrToLower(sql), "select");
}

// A proof that walks an index would share the blind spot of a copy that walked it: rows that a
// broken index does not hold. Look-ups by sub-select keep their indexes, and so do views: both
// would otherwise read a whole table per row.
bool ReadsHeapOnly(const ScanRequest& request) {
  const bool sub_select = HasSubSelect(request.from) || HasSubSelect(request.where) ||
                          std::any_of(request.select.begin(), request.select.end(), HasSubSelect);
  const bool view = std::any_of(request.leaves.begin(), request.leaves.end(),
                                [](const catalog::Leaf& leaf) { return leaf.relkind == 'v'; });
  return !sub_select && !view;
}

std::string Describe(const catalog::Leaf& leaf, const analysis::ChunkRange& range) {
  std::string text = absl::StrCat("reading ", pg::DisplayName(leaf.name));
  if (!leaf.has_ctid) return text;
  absl::StrAppend(&text, ", ctid (", range.first_block, ",0)..");
  if (range.end_block >= 0) absl::StrAppend(&text, "(", range.end_block, ",0)");
  return text;
}

// Cuts messages into rows. The server sends one message per row, the header in front of the first
// one and the trailer behind the last or alone.
class StreamReader {
 public:
  explicit StreamReader(int16_t field_count)
      : field_count_(field_count), tuple_(static_cast<size_t>(field_count)) {}

  template <typename Visit>
  absl::Status Read(std::string_view message, const Visit& visit) {
    if (!header_seen_) {
      ASSIGN_OR_RETURN(const size_t header_bytes, copy_format::ParseHeader(message));
      message.remove_prefix(header_bytes);
      header_seen_ = true;
    }
    if (trailer_seen_) return absl::DataLossError("bytes follow the trailer of the COPY stream");
    copy_format::TupleReader rows(message, field_count_);
    while (true) {
      const absl::StatusOr<bool> more = rows.Next(&tuple_);
      if (!more.ok()) return more.status();
      if (!*more) break;
      RETURN_IF_ERROR(visit(tuple_));
    }
    trailer_seen_ = rows.saw_trailer();
    return absl::OkStatus();
  }

  [[nodiscard]] bool complete() const { return trailer_seen_; }

 private:
  int16_t field_count_;
  copy_format::Tuple tuple_;
  bool header_seen_ = false;
  bool trailer_seen_ = false;
};

std::string ReadSql(const ScanRequest& request, const analysis::ChunkRange& range) {
  std::string from = request.from.empty()
                         ? analysis::FromRange(request.leaves[range.leaf], range, request.where)
                         : absl::StrCat("FROM (", request.from, ") AS s");
  if (!request.from.empty() && !request.where.empty())
    absl::StrAppend(&from, " WHERE (", request.where, ")");
  return absl::StrCat("COPY (SELECT ", absl::StrJoin(request.select, ", "), " ", from,
                      ") TO STDOUT (FORMAT binary)");
}

absl::Status ReadStream(pg::Connection& connection, const std::string& sql, size_t field_count,
                        const std::function<absl::Status(const copy_format::Tuple& row)>& visit) {
  ASSIGN_OR_RETURN(pg::CopyOut stream, connection.StartCopyOut(sql));
  StreamReader reader(static_cast<int16_t>(field_count));
  std::string_view message;
  while (true) {
    const absl::StatusOr<bool> more = stream.Next(&message);
    if (!more.ok()) return more.status();
    if (!*more) break;
    RETURN_IF_ERROR(reader.Read(message, visit));
  }
  if (!reader.complete())
    return absl::DataLossError("the COPY stream ended without its trailer: rows may be missing");
  return absl::OkStatus();
}

}  // namespace

std::string ScanSettings(const ScanRequest& request) {
  const char* const value = ReadsHeapOnly(request) ? " = off" : " = on";
  // The lanes are the parallelism; workers of their own would only crowd the same processors.
  return absl::StrCat("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL enable_indexscan",
                      value, "; SET LOCAL enable_indexonlyscan", value,
                      "; SET LOCAL enable_bitmapscan", value);
}

absl::StatusOr<ScanLane> ScanLane::Open(const ScanRequest& request,
                                        const pg::ConnectOptions& options,
                                        const std::string& snapshot) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  // SET TRANSACTION SNAPSHOT must come before any query, so before the settings as well.
  RETURN_IF_ERROR(connection.Run(
      absl::StrCat("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ",
                   connection.QuoteLiteral(snapshot), "; ", ScanSettings(request))));
  return ScanLane(request, std::move(connection));
}

absl::Status ReadRange(pg::Connection& connection, const ScanRequest& request,
                       const analysis::ChunkRange& range,
                       const std::function<absl::Status(const copy_format::Tuple& row)>& visit) {
  const absl::Status done =
      ReadStream(connection, ReadSql(request, range), request.select.size(), visit);
  if (done.ok() || !request.from.empty()) return done;
  return Annotate(done, Describe(request.leaves[range.leaf], range));
}

}  // namespace regraft::verification
