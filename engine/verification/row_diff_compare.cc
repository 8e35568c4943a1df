#include "engine/verification/row_diff_compare.h"

#include "engine/base/status_macros.h"
#include "engine/verification/cause.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include <array>
#include <string>
#include <utility>

namespace regraft::verification::internal {
namespace {

using Field = std::optional<std::string_view>;
using Fields = std::vector<Field>;

// Swapping one byte, such as a boolean, happens by chance.
constexpr size_t kTellingBytes = 2;
// Looking for a swapped column compares each with each.
constexpr size_t kSwappedColumnsMax = 32;
constexpr size_t kHexBytesMax = 32;

digest::Digest128 DigestOf(const Field& field) {
  return field.has_value() ? digest::HashRow(*field) : digest::Digest128{};
}

bool Telling(const Field& a, const Field& b) {
  return a.has_value() && b.has_value() && a->size() >= kTellingBytes && b->size() >= kTellingBytes;
}

std::string Hex(std::string_view image) {
  const std::string_view shown = image.substr(0, kHexBytesMax);
  return absl::StrCat("binary ", absl::BytesToHexString(AsAbsl(shown)),
                      shown.size() < image.size() ? "…" : "");
}

// The texts of a row's fields; a field that could not be selected as text too is shown by its
// bytes.
std::vector<std::optional<std::string>> TextsOf(const PiledRow& row, const RowLayout& layout) {
  const Fields images = SplitFields(row.images);
  const Fields texts = SplitFields(row.texts);
  std::vector<std::optional<std::string>> shown;
  for (size_t i = 0; i < images.size(); ++i) {
    if (i < layout.text_count && texts[i].has_value())
      shown.emplace_back(*texts[i]);
    else
      shown.push_back(images[i].has_value() ? std::optional(Hex(*images[i])) : std::nullopt);
  }
  return shown;
}

void MarkSwappedColumns(const Fields& a, const Fields& b, const std::vector<size_t>& positions,
                        std::vector<std::string>* cause) {
  if (positions.size() > kSwappedColumnsMax) return;
  for (size_t i = 0; i < positions.size(); ++i) {
    const Field& from = a[positions[i]];
    const Field& to = b[positions[i]];
    if (!Telling(from, to) || !(*cause)[i].empty()) continue;
    for (size_t j = 0; j < positions.size(); ++j)
      if (j != i && a[positions[j]] == to && b[positions[j]] == from)
        (*cause)[i] = "swapped between two columns";
  }
}

}  // namespace

struct RowComparer::Tally {
  std::array<int64_t, 2> count = {};
  std::array<const PiledRow*, 2> any = {};
  Surplus more_in_a;
  Surplus more_in_b;

  void Add(const PiledRow& row) {
    for (const size_t side : {size_t{0}, size_t{1}}) {
      count[side] += row.count[side];
      if (row.count[side] > 0) any[side] = &row;
    }
    const int64_t surplus = row.count[0] - row.count[1];
    if (surplus > 0) more_in_a.emplace_back(&row, surplus);
    if (surplus < 0) more_in_b.emplace_back(&row, -surplus);
  }
};

RowDifference RowComparer::Describe(RowDifferenceKind kind, const PiledRow* a,
                                    const PiledRow* b) const {
  RowDifference difference{.kind = kind};
  difference.key = TextsOf(a != nullptr ? *a : *b, layout_);
  difference.key.resize(layout_.key_count);
  if (a != nullptr) difference.label_a = a->label[0];
  if (b != nullptr) difference.label_b = b->label[1];
  return difference;
}

void RowComparer::ReportOneSided(RowDifferenceKind kind, const Surplus& rows,
                                 int64_t* total) const {
  const bool in_a = kind == RowDifferenceKind::kOnlyInA;
  for (const auto& [row, times] : rows) {
    *total += times;
    const RowDifference difference = Describe(kind, in_a ? row : nullptr, in_a ? nullptr : row);
    for (int64_t i = 0; i < times; ++i) sink_(difference, {});
  }
}

void RowComparer::ReportCounts(const Tally& tally, DiffTotals* totals) const {
  ++totals->count_differs;
  RowDifference difference = Describe(RowDifferenceKind::kCountDiffers, tally.any[0], tally.any[1]);
  difference.value_a.emplace_back(std::to_string(tally.count[0]));
  difference.value_b.emplace_back(std::to_string(tally.count[1]));
  sink_(std::move(difference), {});
}

void RowComparer::ReportChanged(const PiledRow& a, const PiledRow& b, DiffTotals* totals) const {
  ++totals->changed;
  RowDifference difference = Describe(RowDifferenceKind::kChanged, &a, &b);
  const Fields images_a = SplitFields(a.images);
  const Fields images_b = SplitFields(b.images);
  const auto texts_a = TextsOf(a, layout_);
  const auto texts_b = TextsOf(b, layout_);
  std::vector<size_t> positions;
  std::vector<ImagePair> images;
  for (size_t i = layout_.key_count; i < images_a.size(); ++i) {
    if (images_a[i] == images_b[i]) continue;
    const size_t column = layout_.order[i];
    positions.push_back(i);
    difference.columns.push_back(column);
    difference.value_a.push_back(texts_a[i]);
    difference.value_b.push_back(texts_b[i]);
    const uint32_t type = side_.type_oids.empty() ? 0 : side_.type_oids[column];
    difference.cause.push_back(CauseOf(type, images_a[i], images_b[i]));
    images.push_back({.a = DigestOf(images_a[i]),
                      .b = DigestOf(images_b[i]),
                      .telling = Telling(images_a[i], images_b[i])});
  }
  MarkSwappedColumns(images_a, images_b, positions, &difference.cause);
  sink_(std::move(difference), std::move(images));
}

void RowComparer::PairUp(Surplus a, Surplus b, DiffTotals* totals) const {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    ReportChanged(*a[i].first, *b[j].first, totals);
    if (--a[i].second == 0) ++i;
    if (--b[j].second == 0) ++j;
  }
}

void RowComparer::CompareGroup(const std::vector<const PiledRow*>& group,
                               DiffTotals* totals) const {
  Tally tally;
  for (const PiledRow* row : group) tally.Add(*row);
  if (tally.more_in_a.empty() && tally.more_in_b.empty()) return;
  if (tally.count[1] == 0)
    ReportOneSided(RowDifferenceKind::kOnlyInA, tally.more_in_a, &totals->only_in_a);
  else if (tally.count[0] == 0)
    ReportOneSided(RowDifferenceKind::kOnlyInB, tally.more_in_b, &totals->only_in_b);
  else if (tally.count[0] != tally.count[1])
    ReportCounts(tally, totals);
  else  // as many rows here as there: those that differ are taken for the same rows, changed
    PairUp(tally.more_in_a, tally.more_in_b, totals);
}

}  // namespace regraft::verification::internal
