// Any bytes, read as a COPY stream, normalised, hashed and written as text: an error or rows, never
// a crash. The first byte chooses the field count, the second the shape of the fields; the rest is
// the stream, with or without a header.
//
//   build/fuzz/bin/tuple_reader_fuzz -max_len=4096 CORPUS_FOLDER
#include "engine/copy_format/text_row.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/digest.h"
#include "engine/digest/normalize.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace regraft {
namespace {

using copy_format::TypeShape;
using Kind = TypeShape::Kind;

constexpr int16_t kFieldsMax = 8;

void Require(bool condition) {
  if (!condition) std::abort();
}

TypeShape Shape(Kind kind, std::vector<TypeShape> parts) {
  return {.kind = kind, .parts = std::move(parts), .carries_user_oid = true};
}

const std::vector<TypeShape>& Shapes() {
  static const auto* const kShapes = [] {
    const TypeShape plain;
    const TypeShape array = Shape(Kind::kArray, {plain});
    const TypeShape composite = Shape(Kind::kComposite, {plain, plain, array});
    const TypeShape range = Shape(Kind::kRange, {composite});
    return new std::vector<TypeShape>{
        plain,
        array,
        composite,
        range,
        Shape(Kind::kMultirange, {range}),
        Shape(Kind::kArray, {composite}),
        Shape(Kind::kComposite, {composite, Shape(Kind::kArray, {composite}), plain}),
    };
  }();
  return *kShapes;
}

// The same fields again, from what ReadField finds.
std::string Reframe(std::string_view fields, int16_t field_count) {
  const char* at = fields.data();
  std::string framed;
  std::optional<std::string_view> field;
  for (int i = 0; i < field_count; ++i) {
    Require(copy_format::ReadField(&at, fields.data() + fields.size(), &field));
    copy_format::AppendField(&framed, field);
  }
  return framed;
}

void ExamineRow(std::string_view fields, const std::vector<TypeShape>& shapes) {
  const auto field_count = static_cast<int16_t>(shapes.size());
  Require(Reframe(fields, field_count) == fields);
  std::string normalized;
  if (digest::AppendNormalized(fields, shapes, &normalized).ok()) {
    Require(normalized.size() == fields.size());
    std::string again;
    Require(digest::AppendNormalized(normalized, shapes, &again).ok() && again == normalized);
    Require(digest::HashRow(again) == digest::HashRow(normalized));
  } else {
    Require(normalized.empty());
  }
  std::string line;
  copy_format::AppendTextLine(fields, field_count, &line);
  Require(line.find('\n') == line.size() - 1);
}

void Examine(std::string_view input) {
  if (input.size() < 2) return;
  const auto field_count = static_cast<int16_t>(static_cast<uint8_t>(input[0]) % (kFieldsMax + 1));
  const TypeShape& shape = Shapes()[static_cast<uint8_t>(input[1]) % Shapes().size()];
  const std::vector<TypeShape> shapes(static_cast<size_t>(field_count), shape);
  input.remove_prefix(2);
  const auto header = copy_format::ParseHeader(input);
  if (header.ok()) input.remove_prefix(*header);
  copy_format::TupleReader reader(input, field_count);
  copy_format::Tuple fields(static_cast<size_t>(field_count));
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok() || !*more) return;
    ExamineRow(fields, shapes);
  }
}

}  // namespace
}  // namespace regraft

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  regraft::Examine({reinterpret_cast<const char*>(data), size});
  return 0;
}
