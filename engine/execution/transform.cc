#include "engine/execution/transform.h"

#include "engine/base/bytes.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy_format/text_row.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/normalize.h"

#include "absl/strings/str_cat.h"

#include <optional>

namespace regraft::execution {

using analysis::WrittenColumn;

// The current row, and scratch space that is reused from row to row.
struct Transform::Row {
  copy_format::Tuple tuple;
  std::string normalized;
  std::string text_fields;
};

Transform::Transform(const analysis::CopyPlan& plan) : plan_(plan) {
  for (const WrittenColumn& column : plan.written) {
    switch (column.origin) {
      case WrittenColumn::Origin::kField:
        AddField(column.field);
        break;
      case WrittenColumn::Origin::kConstant:
        AddConstant(column.framed);
        break;
      case WrittenColumn::Origin::kMap:
        segments_.push_back(
            {.kind = Segment::Kind::kMap, .map = column.map, .field = column.field});
        break;
    }
  }
  for (const analysis::ResolvedMap& map : plan.maps)
    maps_.push_back({.framed = {map.framed.begin(), map.framed.end()}, .plan = &map});
  normalize_source_ = digest::NeedsNormalizing(plan.back.source_shapes);
  normalize_written_ = digest::NeedsNormalizing(plan.back.written_shapes);
}

void Transform::AddField(size_t field) {
  if (!segments_.empty() && segments_.back().kind == Segment::Kind::kFields &&
      segments_.back().end == field) {
    ++segments_.back().end;
  } else {
    segments_.push_back({.kind = Segment::Kind::kFields, .first = field, .end = field + 1});
  }
}

void Transform::AddConstant(const std::string& framed) {
  if (!segments_.empty() && segments_.back().kind == Segment::Kind::kConstant) {
    segments_.back().bytes += framed;
  } else {
    segments_.push_back({.kind = Segment::Kind::kConstant, .bytes = framed});
  }
}

absl::Status Transform::Apply(Slab* slab) const {
  slab->out.clear();
  slab->out.reserve(slab->rows.size() + slab->rows.size() / 8);
  Row row{.tuple = copy_format::Tuple(plan_.select.size())};
  copy_format::TupleReader reader(slab->rows, static_cast<int16_t>(plan_.select.size()));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(&row.tuple));
    if (!more) break;
    RETURN_IF_ERROR(ApplyRow(&row, slab));
  }
  if (slab->last && !reader.saw_trailer())
    return absl::DataLossError("the binary stream ended without its trailer");
  // A giant row must not be held twice longer than needed; an ordinary slab keeps its buffer.
  if (slab->rows.capacity() > 4 * kSlabBytesDefault) std::string().swap(slab->rows);
  return absl::OkStatus();
}

absl::Status Transform::ApplyRow(Row* row, Slab* slab) const {
  std::string_view source = row->tuple.Fields(0, plan_.source_fields);
  if (normalize_source_) {
    row->normalized.clear();
    RETURN_IF_ERROR(digest::AppendNormalized(source, plan_.back.source_shapes, &row->normalized));
    source = row->normalized;
  }
  slab->source.Add(source);

  if (plan_.text_format) {
    row->text_fields.clear();
    RETURN_IF_ERROR(Build(*row, &row->text_fields));
    slab->written.Add(row->text_fields);
    copy_format::AppendTextLine(row->text_fields, static_cast<int>(plan_.written.size()),
                                &slab->out);
    return absl::OkStatus();
  }
  AppendBig(&slab->out, static_cast<int16_t>(plan_.written.size()));
  const size_t start = slab->out.size();
  RETURN_IF_ERROR(Build(*row, &slab->out));
  return Emit(start, row, slab);
}

absl::Status Transform::Build(const Row& row, std::string* out) const {
  for (const Segment& segment : segments_) {
    switch (segment.kind) {
      case Segment::Kind::kFields:
        out->append(row.tuple.Fields(segment.first, segment.end));
        break;
      case Segment::Kind::kConstant:
        out->append(segment.bytes);
        break;
      case Segment::Kind::kMap:
        RETURN_IF_ERROR(AppendMapped(segment, row, out));
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status Transform::AppendMapped(const Segment& segment, const Row& row,
                                     std::string* out) const {
  const Map& map = maps_[segment.map];
  const std::string_view framed = row.tuple.Fields(segment.field, segment.field + 1);
  const char* at = framed.data();
  std::optional<std::string_view> key;
  if (!copy_format::ReadField(&at, at + framed.size(), &key))
    return absl::DataLossError("malformed field");
  if (!key.has_value()) {
    out->append(map.plan->null_framed);
    return absl::OkStatus();
  }
  if (const auto found = map.framed.find(AsAbsl(*key)); found != map.framed.end()) {
    out->append(found->second);
    return absl::OkStatus();
  }
  if (map.plan->otherwise_framed.has_value()) {
    out->append(*map.plan->otherwise_framed);
    return absl::OkStatus();
  }
  return BadPlan(absl::StrCat("source column \"", map.plan->source, "\" has the value \"",
                              AsAbsl(*key), "\", for which the map into \"", map.plan->target,
                              "\" has no entry; add it, or an entry \"*\""));
}

absl::Status Transform::Emit(size_t start, Row* row, Slab* slab) const {
  std::string_view written = std::string_view(slab->out).substr(start);
  if (normalize_written_) {
    row->normalized.clear();
    RETURN_IF_ERROR(digest::AppendNormalized(written, plan_.back.written_shapes, &row->normalized));
    written = row->normalized;
  }
  slab->written.Add(written);
  return absl::OkStatus();
}

}  // namespace regraft::execution
