// The tuples of PostgreSQL's binary COPY format, in place, without allocation.
//
//   stream := header tuple* trailer(int16 = -1)
//   header := signature(11) flags(int32) extension_length(int32) extension
//   tuple  := field_count(int16) field*
//   field  := length(int32, -1 = NULL) bytes(length)
//
// All integers big-endian. Source: PostgreSQL documentation, COPY, "Binary Format".
#pragma once

#include "engine/base/bytes.h"

#include "absl/base/macros.h"
#include "absl/status/statusor.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::copy_format {

inline constexpr std::string_view kHeader{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view kTrailer{"\377\377", 2};

// The size of the header at the start of `bytes`, extension included. Errors: wrong signature,
// critical flag bits (16-31), truncated.
[[nodiscard]] absl::StatusOr<size_t> ParseHeader(std::string_view bytes);

// Reads a field's length, -1 for NULL, and moves `*at` behind it. False, and `*at` unmoved, unless
// that many bytes follow.
[[nodiscard]] inline bool ReadLength(const char** at, const char* end, int32_t* length) {
  constexpr ptrdiff_t kLengthBytes = sizeof(int32_t);
  const ptrdiff_t left = end - *at - kLengthBytes;
  if (left < 0) return false;
  *length = LoadBig<int32_t>(*at);
  // One comparison for both ends: as unsigned, every length below -1 is beyond any buffer.
  if (static_cast<uint64_t>(int64_t{*length} + 1) > static_cast<uint64_t>(left) + 1) return false;
  *at += kLengthBytes;
  return true;
}

// Walks over `count` fields from `at`. Null when the bytes end early or a length is below -1.
inline const char* SkipFields(const char* at, const char* end, int count) {
  int32_t length;
  for (; count > 0; --count) {
    if (!ReadLength(&at, end, &length)) return nullptr;
    at += std::max(length, 0);  // no branch: NULLs come in no order a processor could predict
  }
  return at;
}

// Reads one field; nullopt is SQL NULL. False when malformed. Moves `*at` behind the field.
[[nodiscard]] inline bool ReadField(const char** at, const char* end,
                                    std::optional<std::string_view>* field) {
  int32_t length;
  if (!ReadLength(at, end, &length)) return false;
  if (length < 0) {
    field->reset();
  } else {
    field->emplace(*at, static_cast<size_t>(length));
    *at += length;
  }
  return true;
}

// REQUIRES: the field is shorter than 2 GiB, as everything that PostgreSQL sends.
void AppendField(std::string* out, std::optional<std::string_view> field);

// One tuple's fields, in place: where each begins. Used again for the next tuple; owns no bytes.
class Tuple {
 public:
  explicit Tuple(size_t field_count) : begins_(field_count + 1) {}

  // The framed fields [first, end).
  [[nodiscard]] std::string_view Fields(size_t first, size_t end) const {
    return {begins_[first], static_cast<size_t>(begins_[end] - begins_[first])};
  }
  // All of them, which is how a tuple is hashed.
  // NOLINTNEXTLINE(google-explicit-constructor): a tuple is its bytes
  operator std::string_view() const { return Fields(0, begins_.size() - 1); }

 private:
  friend class TupleReader;
  std::vector<const char*> begins_;  // the last one is the end
};

// Reads tuples from whole rows: a slab holds whole rows only (the header, if any, cut off before).
// Owns nothing; the fields it gives live as long as the bytes it was given.
class TupleReader {
 public:
  // REQUIRES: field_count >= 0; -1 would take the trailer for a row.
  TupleReader(std::string_view rows, int16_t field_count)
      : begin_(rows.data()),
        at_(rows.data()),
        end_(rows.data() + rows.size()),
        field_count_(field_count) {
    ABSL_HARDENING_ASSERT(field_count >= 0);
  }

  // Gives the next tuple. False at the trailer or at the end of the bytes. Errors: a field count
  // other than expected, bytes behind the trailer, truncated.
  // REQUIRES: `tuple` has as many fields as are expected.
  [[nodiscard]] absl::StatusOr<bool> Next(Tuple* tuple) {
    constexpr ptrdiff_t kCountBytes = sizeof(int16_t);
    if (end_ - at_ < kCountBytes || LoadBig<int16_t>(at_) != field_count_) return EndOrError();
    const char* at = at_ + kCountBytes;
    const char** begin = tuple->begins_.data();
    for (int i = 0; i < field_count_; ++i) {
      *begin++ = at;
      at = SkipFields(at, end_, 1);
      if (at == nullptr) return EndOrError();
    }
    *begin = at_ = at;
    return true;
  }

  [[nodiscard]] bool saw_trailer() const { return saw_trailer_; }

 private:
  // Says why there is no tuple at `at_`.
  absl::StatusOr<bool> EndOrError();

  const char* begin_;
  const char* at_;
  const char* end_;
  int16_t field_count_;
  bool saw_trailer_ = false;
};

}  // namespace regraft::copy_format
