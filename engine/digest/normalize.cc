#include "engine/digest/normalize.h"

#include "engine/base/bytes.h"

#include "absl/strings/str_format.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// An OID has the same size as its replacement, so values are copied whole and rewritten in place.
//
//   array      := ndim(int32) flags(int32, 1 = has NULLs) element_oid dimension* field*
//   dimension  := size(int32) lower_bound(int32)
//   composite  := field_count(int32) (type_oid field)*
//   range      := flags(int8) field?(lower) field?(upper)
//   multirange := count(int32) field(range)*
//   field      := length(int32, -1 = NULL) bytes(length)
//
// Source: array_send, record_send, range_send, multirange_send. A domain has its base type's form.
namespace regraft::digest {
namespace {

using copy_format::kFirstUserOid;
using copy_format::TypeShape;
using Kind = TypeShape::Kind;

constexpr int32_t kArrayDimensionsMax = 6;  // MAXDIM in c.h

constexpr uint8_t kRangeEmpty = 0x01;
constexpr uint8_t kRangeLowerInfinite = 0x08;
constexpr uint8_t kRangeUpperInfinite = 0x10;
constexpr uint8_t kRangeFlags = 0x1f;  // the two above, and 0x02, 0x04 for inclusive bounds

// One value, read from left to right. Every function is false when the bytes do not fit the shape.
class ValueNormalizer {
 public:
  ValueNormalizer(char* begin, char* end) : at_(begin), end_(end) {}

  [[nodiscard]] bool Normalize(const TypeShape& shape);

  // A length and that many bytes of a value shaped as `shape`. NULL needs no rewriting.
  enum class Null { kAllowed, kRefused };
  [[nodiscard]] bool NormalizeField(const TypeShape& shape, Null null);

  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  [[nodiscard]] bool NormalizeArray(const TypeShape& element);
  [[nodiscard]] bool NormalizeComposite(const std::vector<TypeShape>& fields);
  [[nodiscard]] bool NormalizeRange(const TypeShape& bound);
  [[nodiscard]] bool NormalizeMultirange(const TypeShape& range);

  [[nodiscard]] bool ReadDimensions(int32_t ndim, int64_t* elements);
  [[nodiscard]] bool RewriteOid();

  template <typename Integer>
  [[nodiscard]] bool Read(Integer* value) {
    if (left() < static_cast<ptrdiff_t>(sizeof *value)) return false;
    *value = LoadBig<Integer>(at_);
    at_ += sizeof *value;
    return true;
  }
  [[nodiscard]] ptrdiff_t left() const { return end_ - at_; }

  char* at_;
  char* end_;
};

bool ValueNormalizer::Normalize(const TypeShape& shape) {
  const size_t parts = shape.parts.size();
  switch (shape.kind) {
    case Kind::kArray:
      return parts == 1 && NormalizeArray(shape.parts[0]);
    case Kind::kComposite:
      return NormalizeComposite(shape.parts);
    case Kind::kRange:
      return parts == 1 && NormalizeRange(shape.parts[0]);
    case Kind::kMultirange:
      return parts == 1 && NormalizeMultirange(shape.parts[0]);
    case Kind::kPlain:
      break;
  }
  return false;  // a plain value that carries an OID says nowhere where
}

bool ValueNormalizer::NormalizeField(const TypeShape& shape, Null null) {
  int32_t length = 0;
  if (!Read(&length)) return false;
  if (length == -1) return null == Null::kAllowed;
  if (length < 0 || length > left()) return false;
  ValueNormalizer value(at_, at_ + length);
  at_ += length;
  return !shape.carries_user_oid || (value.Normalize(shape) && value.at_end());
}

bool ValueNormalizer::NormalizeArray(const TypeShape& element) {
  int32_t ndim = 0;
  int32_t flags = 0;
  int64_t elements = 0;
  if (!Read(&ndim) || !Read(&flags) || (flags != 0 && flags != 1) || !RewriteOid()) return false;
  if (!ReadDimensions(ndim, &elements)) return false;
  for (; elements > 0; --elements) {
    if (!NormalizeField(element, Null::kAllowed)) return false;
  }
  return true;
}

bool ValueNormalizer::ReadDimensions(int32_t ndim, int64_t* elements) {
  if (ndim < 0 || ndim > kArrayDimensionsMax) return false;
  *elements = ndim == 0 ? 0 : 1;
  for (; ndim > 0; --ndim) {
    int32_t size = 0;
    int32_t lower = 0;
    if (!Read(&size) || !Read(&lower) || size < 0) return false;
    // Each element takes four bytes or more, so a larger product is malformed – and cannot
    // overflow.
    if (__builtin_mul_overflow(*elements, size, elements) || *elements > INT32_MAX) return false;
  }
  return true;
}

bool ValueNormalizer::NormalizeComposite(const std::vector<TypeShape>& fields) {
  int32_t count = 0;
  if (!Read(&count) || count < 0 || static_cast<size_t>(count) != fields.size()) return false;
  return std::all_of(fields.begin(), fields.end(), [this](const TypeShape& field) {
    return RewriteOid() && NormalizeField(field, Null::kAllowed);
  });
}

bool ValueNormalizer::NormalizeRange(const TypeShape& bound) {
  uint8_t flags = 0;
  if (!Read(&flags) || (flags & ~kRangeFlags) != 0) return false;
  if ((flags & kRangeEmpty) != 0) return true;
  if ((flags & kRangeLowerInfinite) == 0 && !NormalizeField(bound, Null::kRefused)) return false;
  return (flags & kRangeUpperInfinite) != 0 || NormalizeField(bound, Null::kRefused);
}

bool ValueNormalizer::NormalizeMultirange(const TypeShape& range) {
  int32_t count = 0;
  if (!Read(&count) || count < 0) return false;
  for (; count > 0; --count) {
    if (!NormalizeField(range, Null::kRefused)) return false;
  }
  return true;
}

bool ValueNormalizer::RewriteOid() {
  char* const oid_at = at_;
  uint32_t oid = 0;
  if (!Read(&oid)) return false;
  if (oid >= kFirstUserOid) StoreBig<uint32_t>(oid_at, 0);
  return true;
}

}  // namespace

absl::Status AppendNormalized(std::string_view fields, const std::vector<TypeShape>& shapes,
                              std::string* out) {
  const size_t begin = out->size();
  out->append(fields);
  ValueNormalizer row(out->data() + begin, out->data() + out->size());
  const auto refuse = [&](const std::string& what) {
    out->resize(begin);
    return absl::DataLossError("normalising a row: " + what);
  };
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (!row.NormalizeField(shapes[i], ValueNormalizer::Null::kAllowed)) {
      return refuse(absl::StrFormat("field %d of %d does not have the form of its type", i + 1,
                                    shapes.size()));
    }
  }
  if (!row.at_end()) return refuse(absl::StrFormat("bytes follow its %d fields", shapes.size()));
  return absl::OkStatus();
}

bool NeedsNormalizing(const std::vector<TypeShape>& shapes) {
  return std::any_of(shapes.begin(), shapes.end(),
                     [](const TypeShape& shape) { return shape.carries_user_oid; });
}

}  // namespace regraft::digest
