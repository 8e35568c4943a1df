// The tuples of PostgreSQL's binary COPY format, in place, without allocation.
//
//   stream  := signature(11) flags(int32) extension_length(int32) extension tuple* trailer(int16 = -1)
//   tuple   := field_count(int16) field*
//   field   := length(int32, -1 = NULL) bytes(length)
//
// All integers big-endian. Source: PostgreSQL documentation, COPY, "Binary Format".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace regraft::copy_format {

inline constexpr std::string_view kHeader{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view kTrailer{"\377\377", 2};

// The size of the header at the start of `bytes`, extension included. Errors: wrong signature, critical
// flag bits (16-31), truncated.
absl::StatusOr<size_t> ParseHeader(std::string_view bytes);

// Walks over `count` fields from `at`. Null when the bytes end early or a length is below -1.
const char* SkipFields(const char* at, const char* end, int count);

// Reads one field; nullopt is SQL NULL. False when malformed. Moves `*at` behind the field.
bool ReadField(const char** at, const char* end, std::optional<std::string_view>* field);

void AppendField(std::string* out, std::optional<std::string_view> field);

// Reads tuples from whole rows: a slab holds whole rows only (the header, if any, cut off before).
class TupleReader {
 public:
  TupleReader(std::string_view rows, int16_t field_count) : at_(rows.data()), end_(at_ + rows.size()), field_count_(field_count) {}

  // Gives the next tuple's fields, without its field count. False at the trailer or at the end of the
  // bytes. Errors: a field count other than expected, bytes behind the trailer, truncated.
  absl::StatusOr<bool> Next(std::string_view* fields);

  [[nodiscard]] bool saw_trailer() const { return saw_trailer_; }

 private:
  const char* at_;
  const char* end_;
  int16_t field_count_;
  bool saw_trailer_ = false;
};

}  // namespace regraft::copy_format
