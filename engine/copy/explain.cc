#include "engine/copy/explain.h"

#include "engine/analysis/column_reading.h"
#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/verification/row_diff.h"
#include "engine/verification/row_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace regraft::copy {
namespace {

using verification::RowDifference;

// "16400 (123,4)": leaf and place of a source row.
std::optional<int64_t> ChunkAt(const std::string& label, const std::vector<ledger::Chunk>& chunks) {
  uint32_t leaf = 0;
  int64_t block = 0;
  const char* end = label.data() + label.size();
  const auto after_leaf = std::from_chars(label.data(), end, leaf);
  if (after_leaf.ec != std::errc() || end - after_leaf.ptr < 3) return std::nullopt;
  std::from_chars(after_leaf.ptr + 2, end, block);
  for (const ledger::Chunk& chunk : chunks)
    if (chunk.leaf.oid == leaf && block >= chunk.range.first_block &&
        (chunk.range.end_block < 0 || block < chunk.range.end_block))
      return chunk.number;
  return std::nullopt;
}

std::optional<int64_t> ChunkOf(uint32_t xmin, const std::vector<ledger::DoneChunk>& done) {
  for (const ledger::DoneChunk& chunk : done)
    if (chunk.xmin() == xmin) return chunk.number;
  return std::nullopt;
}

class Explainer {
 public:
  explicit Explainer(const ExplainRequest& request) : request_(request), plan_(*request.plan) {}

  absl::StatusOr<std::vector<RowFinding>> Explain() {
    if (request_.source.has_value()) RETURN_IF_ERROR(DiffWithSource());
    if (findings_.empty()) RETURN_IF_ERROR(FindRewritten());
    return std::move(findings_);
  }

 private:
  absl::Status DiffWithSource() {
    verification::DiffSide source{.scan = {.connect = *request_.source,
                                           .leaves = request_.source_leaves,
                                           .where = request_.source_where,
                                           .jobs = request_.jobs},
                                  .columns = plan_.source_select,
                                  .text = plan_.source_text,
                                  .shapes = plan_.source_shapes,
                                  .label = "s.tableoid::text || ' ' || s.ctid::text"};
    verification::DiffSide target{.scan = {.connect = request_.target,
                                           .leaves = request_.target_table.leaves,
                                           .where = request_.mine,
                                           .jobs = request_.jobs},
                                  .columns = {},
                                  .text = {},
                                  .shapes = plan_.source_shapes,
                                  .label = "s.xmin::text"};
    for (size_t i = 0; i < plan_.inverse.size(); ++i) {
      target.columns.push_back(plan_.Inverse(i));
      target.text.push_back(analysis::OutputText(plan_.Inverse(i), false));
    }
    const auto report = [&](const RowDifference& difference) {
      findings_.push_back(FindingOf(difference));
      return findings_.size() < request_.findings_max;
    };
    return verification::DiffRows(source, target, {.key = plan_.key}, report).status();
  }

  RowFinding FindingOf(const RowDifference& difference) const {
    RowFinding finding{.kind = verification::KindWord(difference.kind)};
    finding.chunk = ChunkAt(difference.label_a, request_.chunks);
    if (!finding.chunk.has_value()) {
      uint32_t xmin = 0;
      std::from_chars(difference.label_b.data(),
                      difference.label_b.data() + difference.label_b.size(), xmin);
      finding.chunk = ChunkOf(xmin, request_.done);
    }
    finding.key = verification::KeyWords(difference, plan_.source_columns, plan_.key);
    for (const size_t column : difference.columns)
      finding.columns.push_back(plan_.source_columns[column]);
    finding.detail = verification::ChangeWords(difference, plan_.source_columns);
    return finding;
  }

  // Rows of the copy whose version was not written by it: an UPDATE leaves its own xmin. Only a
  // pointer to where to look, never a proof: the digests are that.
  absl::Status FindRewritten() {
    std::vector<std::string> xids, keys;
    for (const ledger::DoneChunk& chunk : request_.done) xids.push_back(absl::StrCat(chunk.xmin()));
    for (const size_t column : KeyOrAll())
      keys.push_back(absl::StrCat(
          analysis::Literal(plan_.source_columns[column] + "="), " || coalesce(quote_literal(",
          analysis::OutputText(plan_.Inverse(column), false), "), 'NULL')"));
    ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(request_.target));
    ASSIGN_OR_RETURN(const pg::Result rows,
                     connection.Execute(absl::StrCat(
                         "SELECT concat_ws(', ', ", absl::StrJoin(keys, ", "), ") FROM ",
                         pg::QuoteQualified(request_.target_table.name), " AS s WHERE (",
                         request_.mine, ") AND s.xmin <> ALL ('{", absl::StrJoin(xids, ","),
                         "}'::xid[]) LIMIT ", request_.findings_max)));
    for (int row = 0; row < rows.rows(); ++row)
      findings_.push_back({.chunk = std::nullopt,
                           .key = rows.Text(row, 0),
                           .kind = "rewritten since",
                           .columns = {},
                           .detail = ""});
    return absl::OkStatus();
  }

  [[nodiscard]] std::vector<size_t> KeyOrAll() const {
    if (!plan_.key.empty()) return plan_.key;
    std::vector<size_t> all;
    for (size_t i = 0; i < std::min<size_t>(plan_.source_columns.size(), 10); ++i) all.push_back(i);
    return all;
  }

  const ExplainRequest& request_;
  const analysis::ReadBackPlan& plan_;
  std::vector<RowFinding> findings_;
};

}  // namespace

std::string RowFinding::Sentence() const {
  return absl::StrCat(chunk.has_value() ? absl::StrCat("chunk ", *chunk, ", ") : "", "row ", key,
                      ": ", kind, detail.empty() ? "" : ", " + detail);
}

absl::StatusOr<std::vector<RowFinding>> ExplainDifferences(const ExplainRequest& request) {
  return Explainer(request).Explain();
}

}  // namespace regraft::copy
