#include "engine/verification/read_back.h"

#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/normalize.h"
#include "engine/verification/scan.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::verification {
namespace {

using analysis::InverseColumn;
using analysis::ReadBackPlan;

constexpr size_t kSelectEntriesMax = 1664;

// In front of every row that is read: the xmin of a row that is ours, NULL before any other.
std::string HeadSql(const std::string& mine) {
  if (mine == "true") return "s.xmin";
  return absl::StrCat("CASE WHEN ", mine, " THEN s.xmin END");
}
constexpr size_t kHeadFields = 1;

// The way back is for rows that came this way: on others it may even fail, such as a cast of what
// another copy has put into the same overflow column.
std::string OfMine(const std::string& mine, const std::string& inverse) {
  if (mine == "true") return inverse;
  return absl::StrCat("CASE WHEN ", mine, " THEN ", inverse, " END");
}

// Lanes that all counted each row in one place would wait for each other.
constexpr int64_t kRowsPerCount = 256;

// One reading of the target. Usually a single pass gives everything; a select list that would be
// too long is read in two.
struct Pass {
  std::vector<std::string> select;  // behind the head
  // Which of the two are here: rows may have no columns at all and still count.
  bool has_target = false, has_source = false;
  size_t written = 0;          // the first `written` fields are the row as sent …
  size_t landed = 0;           // … the first `landed` the row as landed
  std::vector<size_t> source;  // the fields that make the source row, in source order
};

std::vector<Pass> MakePasses(const ReadBackPlan& plan, const std::string& mine) {
  Pass first{.has_target = true};
  first.select = plan.written;
  first.select.insert(first.select.end(), plan.unwritten.begin(), plan.unwritten.end());
  first.written = plan.written.size();
  first.landed = first.select.size();
  if (first.select.size() + plan.inverse_own.size() + kHeadFields <= kSelectEntriesMax) {
    for (const InverseColumn& column : plan.inverse)
      first.source.push_back(column.written >= 0 ? static_cast<size_t>(column.written)
                                                 : first.landed + column.own);
    for (const std::string& inverse : plan.inverse_own)
      first.select.push_back(OfMine(mine, inverse));
    first.has_source = true;
    return {first};
  }
  Pass second{.has_source = true};
  for (size_t i = 0; i < plan.inverse.size(); ++i) {
    second.select.push_back(OfMine(mine, plan.Inverse(i)));
    second.source.push_back(i);
  }
  return {first, second};
}

// Digests the rows of one lane.
class Lane {
 public:
  Lane(const Pass& pass, const ReadBackPlan& plan)
      : pass_(pass),
        plan_(plan),
        normalize_written_(digest::NeedsNormalizing(plan.written_shapes)),
        normalize_source_(digest::NeedsNormalizing(plan.source_shapes)) {
    source_is_prefix_ = true;
    for (size_t i = 0; i < pass.source.size(); ++i) source_is_prefix_ &= pass.source[i] == i;
  }

  [[nodiscard]] int64_t rows() const { return rows_; }

  absl::Status Add(const copy_format::Tuple& row) {
    ++rows_;
    const char* head = row.Fields(0, kHeadFields).data();
    int32_t length = 0;
    if (!copy_format::ReadLength(&head, head + row.Fields(0, kHeadFields).size(), &length))
      return absl::DataLossError("read-back: a malformed xmin");
    if (length < 0) {
      if (pass_.has_target) others_.Add(Fields(row, 0, pass_.landed));
      return absl::OkStatus();
    }
    RowSums& sums = SumsOf(LoadBig<uint32_t>(head));
    if (pass_.has_target) RETURN_IF_ERROR(AddWritten(row, &sums));
    return pass_.has_source ? AddSource(row, &sums) : absl::OkStatus();
  }

  void MoveInto(ReadBack* all) const {
    for (const auto& [xmin, sums] : sums_) all->mine[xmin] += sums;
    all->others += others_;
  }

 private:
  // Fields of the select list, the head not counted.
  static std::string_view Fields(const copy_format::Tuple& row, size_t first, size_t end) {
    return row.Fields(kHeadFields + first, kHeadFields + end);
  }

  // Rows of one chunk lie together, so the last sums are nearly always the right ones.
  RowSums& SumsOf(uint32_t xmin) {
    if (last_ == nullptr || last_xmin_ != xmin) {
      last_ = &sums_[xmin];
      last_xmin_ = xmin;
    }
    return *last_;
  }

  absl::Status AddWritten(const copy_format::Tuple& row, RowSums* sums) {
    std::string_view written = Fields(row, 0, pass_.written);
    if (normalize_written_) {
      scratch_.clear();
      RETURN_IF_ERROR(digest::AppendNormalized(written, plan_.written_shapes, &scratch_));
      sums->written.Add(scratch_);
    } else {
      sums->written.Add(written);
    }
    if (pass_.landed > pass_.written) sums->landed.Add(Fields(row, 0, pass_.landed));
    return absl::OkStatus();
  }

  absl::Status AddSource(const copy_format::Tuple& row, RowSums* sums) {
    std::string_view source;
    if (source_is_prefix_) {
      source = Fields(row, 0, pass_.source.size());
    } else {
      gathered_.clear();
      for (const size_t field : pass_.source) gathered_.append(Fields(row, field, field + 1));
      source = gathered_;
    }
    if (normalize_source_) {
      scratch_.clear();
      RETURN_IF_ERROR(digest::AppendNormalized(source, plan_.source_shapes, &scratch_));
      source = scratch_;
    }
    sums->source.Add(source);
    return absl::OkStatus();
  }

  const Pass& pass_;
  const ReadBackPlan& plan_;
  bool normalize_written_, normalize_source_;
  bool source_is_prefix_ = false;
  // A node-based map: `last_` points into it.
  std::map<uint32_t, RowSums> sums_;
  RowSums* last_ = nullptr;
  uint32_t last_xmin_ = 0;
  int64_t rows_ = 0;
  digest::SetDigest others_;
  std::string scratch_, gathered_;
};

absl::Status RunPass(const ReadBackRequest& request, const Pass& pass, ReadBack* all) {
  ScanRequest scan{.connect = request.connect,
                   .leaves = request.leaves,
                   .select = {HeadSql(request.mine)},
                   .where = "",
                   .snapshot = request.snapshot,
                   .jobs = request.jobs};
  scan.select.insert(scan.select.end(), pass.select.begin(), pass.select.end());
  std::vector<Lane> lanes(static_cast<size_t>(request.jobs), Lane(pass, *request.plan));
  RETURN_IF_ERROR(Scan(scan, [&](int lane, size_t /*chunk*/, const copy_format::Tuple& row) {
    Lane& mine = lanes[static_cast<size_t>(lane)];
    RETURN_IF_ERROR(mine.Add(row));
    if (request.rows_read != nullptr && mine.rows() % kRowsPerCount == 0)
      request.rows_read->fetch_add(kRowsPerCount, std::memory_order_relaxed);
    return absl::OkStatus();
  }));
  for (const Lane& lane : lanes) lane.MoveInto(all);
  return absl::OkStatus();
}

}  // namespace

RowSums ReadBack::Total() const {
  RowSums total;
  for (const auto& [xmin, sums] : mine) total += sums;
  return total;
}

absl::StatusOr<ReadBack> ReadTargetBack(const ReadBackRequest& request) {
  ReadBack all;
  const std::vector<Pass> passes = MakePasses(*request.plan, request.mine);
  for (const Pass& pass : passes) RETURN_IF_ERROR(RunPass(request, pass, &all));
  // Where every column was sent, the row as landed is the row as sent: hashed once.
  if (request.plan->unwritten.empty())
    for (auto& [xmin, sums] : all.mine) sums.landed = sums.written;
  return all;
}

}  // namespace regraft::verification
