// The golden files, for tests. golden.sql says what is in them.
#pragma once

#include "engine/base/bytes.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/digest.h"
#include "tests/support/paths.h"

#include "absl/status/statusor.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::golden {

inline std::filesystem::path Folder() {
  return std::filesystem::path(support::TestData()) / "golden";
}

// Sorted, without ".copy".
inline std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
    if (entry.path().extension() == ".copy") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The whole stream, header and trailer included; empty when there is no such file.
inline std::string Stream(std::string_view name) {
  const std::filesystem::path path = Folder() / (std::string(name) + ".copy");
  std::ifstream file(path, std::ios::binary);
  std::string bytes(file ? std::filesystem::file_size(path) : 0, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

// Of the first tuple; 1 when there is none.
inline int16_t FieldCount(std::string_view stream) {
  const auto count = LoadBig<int16_t>(stream.data() + copy_format::kHeader.size());
  return count == -1 ? int16_t{1} : count;
}

// What a reader learns from a stream.
struct Content {
  std::vector<std::string_view> rows;  // the framed fields of each
  digest::SetDigest digest;
  bool saw_trailer = false;
};

inline absl::StatusOr<Content> Read(std::string_view stream, int16_t field_count) {
  const absl::StatusOr<size_t> header = copy_format::ParseHeader(stream);
  if (!header.ok()) return header.status();
  copy_format::TupleReader reader(stream.substr(*header), field_count);
  Content content;
  copy_format::Tuple fields(static_cast<size_t>(field_count));
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok()) return more.status();
    if (!*more) break;
    content.rows.emplace_back(std::string_view(fields));
    content.digest.Add(fields);
  }
  content.saw_trailer = reader.saw_trailer();
  return content;
}

// True if a reader would take `stream` for the original: no error, the same digest, the end seen.
inline bool PassesAs(const Content& original, std::string_view stream, int16_t field_count) {
  const absl::StatusOr<Content> content = Read(stream, field_count);
  return content.ok() && content->saw_trailer && content->digest == original.digest;
}

}  // namespace regraft::golden
