// How the diff reads a row: the compared columns with the key in front, so that the key is a prefix
// of the row's bytes; in the second pass followed by texts for people.
#pragma once

#include "engine/copy_format/type_shape.h"
#include "engine/digest/digest.h"
#include "engine/verification/row_diff.h"

#include "absl/status/statusor.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::verification::internal {

// The same for both sides. Fields are numbered by position; `order` says which column each one is.
struct RowLayout {
  std::vector<size_t> order;
  size_t key_count = 0;   // without a key: all
  size_t text_count = 0;  // the first so many fields have a text: PostgreSQL selects at most 1,664
  bool labels = false;

  static absl::StatusOr<RowLayout> Make(const DiffSide& a, const DiffSide& b,
                                        const DiffOptions& options);
};

// SELECT lists: the compared fields; and the same with texts and label behind them.
std::vector<std::string> SelectImages(const DiffSide& side, const RowLayout& layout);
std::vector<std::string> SelectImagesAndTexts(const DiffSide& side, const RowLayout& layout);

// Reads one side's rows; owns the scratch memory of one lane.
class RowReader {
 public:
  RowReader(const DiffSide& side, const RowLayout& layout);

  // Takes a row as selected by either of the above. The views below live until the next call.
  absl::Status Read(std::string_view fields);

  [[nodiscard]] std::string_view images() const { return images_; }  // normalised
  [[nodiscard]] std::string_view key() const { return images_.substr(0, key_bytes_); }
  [[nodiscard]] std::string_view texts() const { return texts_; }
  [[nodiscard]] digest::Digest128 KeyDigest() const { return digest::HashRow(key()); }

 private:
  const RowLayout* layout_;
  std::vector<copy_format::TypeShape> shapes_;
  bool normalizes_;
  std::string scratch_;
  std::string_view images_;
  std::string_view texts_;
  size_t key_bytes_ = 0;
};

// The framed fields of a row, one after the other. REQUIRES: well-formed.
std::vector<std::optional<std::string_view>> SplitFields(std::string_view fields);

}  // namespace regraft::verification::internal
