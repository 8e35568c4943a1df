#include "engine/verification/row_diff_layout.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/normalize.h"

#include "absl/base/macros.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <numeric>

namespace regraft::verification::internal {
namespace {

constexpr size_t kSelectEntriesMax = 1'664;  // MaxTupleAttributeNumber in access/htup_details.h

void CheckSide(const DiffSide& side) {
  ABSL_HARDENING_ASSERT(side.text.size() == side.columns.size());
  ABSL_HARDENING_ASSERT(side.shapes.size() == side.columns.size());
  ABSL_HARDENING_ASSERT(side.type_oids.empty() || side.type_oids.size() == side.columns.size());
}

}  // namespace

absl::StatusOr<RowLayout> RowLayout::Make(const DiffSide& a, const DiffSide& b,
                                          const DiffOptions& options) {
  CheckSide(a);
  CheckSide(b);
  const size_t columns = a.columns.size();
  if (b.columns.size() != columns)
    return BadPlan(absl::StrCat("rows of ", columns, " and of ", b.columns.size(),
                                " columns cannot be compared"));
  if (columns > kSelectEntriesMax)
    return BadPlan(absl::StrCat(columns, " columns are more than PostgreSQL selects at once (",
                                kSelectEntriesMax, ")"));
  RowLayout layout;
  layout.order = options.key;
  for (size_t column = 0; column < columns; ++column)
    if (std::find(options.key.begin(), options.key.end(), column) == options.key.end())
      layout.order.push_back(column);
  ABSL_HARDENING_ASSERT(layout.order.size() == columns);  // the key's columns exist, each once
  layout.key_count = options.key.empty() ? columns : options.key.size();
  layout.labels = (!a.label.empty() || !b.label.empty()) && columns < kSelectEntriesMax;
  layout.text_count = std::min(columns, kSelectEntriesMax - columns - (layout.labels ? 1 : 0));
  return layout;
}

std::vector<std::string> SelectImages(const DiffSide& side, const RowLayout& layout) {
  std::vector<std::string> select;
  for (const size_t column : layout.order) select.push_back(side.columns[column]);
  return select;
}

std::vector<std::string> SelectImagesAndTexts(const DiffSide& side, const RowLayout& layout) {
  std::vector<std::string> select = SelectImages(side, layout);
  for (size_t i = 0; i < layout.text_count; ++i) select.push_back(side.text[layout.order[i]]);
  if (layout.labels) select.push_back(side.label.empty() ? "NULL::text" : side.label);
  return select;
}

RowReader::RowReader(const DiffSide& side, const RowLayout& layout) : layout_(&layout) {
  for (const size_t column : layout.order) shapes_.push_back(side.shapes[column]);
  normalizes_ = digest::NeedsNormalizing(shapes_);
}

absl::Status RowReader::Read(std::string_view fields) {
  const char* const end = fields.data() + fields.size();
  const char* const behind =
      copy_format::SkipFields(fields.data(), end, static_cast<int>(layout_->order.size()));
  if (behind == nullptr) return absl::DataLossError("a row ends early");
  images_ = {fields.data(), static_cast<size_t>(behind - fields.data())};
  texts_ = {behind, static_cast<size_t>(end - behind)};
  if (normalizes_) {
    scratch_.clear();
    RETURN_IF_ERROR(digest::AppendNormalized(images_, shapes_, &scratch_));
    images_ = scratch_;
  }
  const char* const key_end = copy_format::SkipFields(
      images_.data(), images_.data() + images_.size(), static_cast<int>(layout_->key_count));
  if (key_end == nullptr) return absl::DataLossError("a row ends within its key");
  key_bytes_ = static_cast<size_t>(key_end - images_.data());
  return absl::OkStatus();
}

std::vector<std::optional<std::string_view>> SplitFields(std::string_view fields) {
  std::vector<std::optional<std::string_view>> split;
  const char* at = fields.data();
  const char* const end = at + fields.size();
  std::optional<std::string_view> field;
  while (at != end && copy_format::ReadField(&at, end, &field)) split.push_back(field);
  return split;
}

}  // namespace regraft::verification::internal
