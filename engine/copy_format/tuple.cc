#include "engine/copy_format/tuple.h"

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace regraft::copy_format {
namespace {

constexpr size_t kSignatureBytes = 11;
constexpr size_t kHeaderBytes = kSignatureBytes + 2 * sizeof(int32_t);
static_assert(kHeader.size() == kHeaderBytes);

// Bits 16-31 change how tuples are read; bits 0-15 may be ignored, says the format.
constexpr uint32_t kCriticalFlags = 0xffff0000;

}  // namespace

absl::StatusOr<size_t> ParseHeader(std::string_view bytes) {
  if (bytes.substr(0, kSignatureBytes) != kHeader.substr(0, kSignatureBytes)) {
    return absl::DataLossError("binary COPY: the stream does not start with COPY's signature");
  }
  if (bytes.size() < kHeaderBytes) {
    return absl::DataLossError(
        absl::StrFormat("binary COPY: the header ends after %d bytes", bytes.size()));
  }
  const auto flags = LoadBig<uint32_t>(bytes.data() + kSignatureBytes);
  if ((flags & kCriticalFlags) != 0) {
    return absl::UnimplementedError(
        absl::StrFormat("binary COPY: the header has critical flags 0x%08x", flags));
  }
  const auto extension = LoadBig<int32_t>(bytes.data() + kSignatureBytes + sizeof flags);
  const size_t behind = bytes.size() - kHeaderBytes;
  if (extension < 0 || static_cast<size_t>(extension) > behind) {
    return absl::DataLossError(absl::StrFormat(
        "binary COPY: a header extension of %d bytes, and %d bytes follow", extension, behind));
  }
  return kHeaderBytes + static_cast<size_t>(extension);
}

void AppendField(std::string* out, std::optional<std::string_view> field) {
  if (!field.has_value()) {
    AppendBig<int32_t>(out, -1);
    return;
  }
  ABSL_HARDENING_ASSERT(field->size() <= INT32_MAX);
  AppendBig<int32_t>(out, static_cast<int32_t>(field->size()));
  out->append(*field);
}

absl::StatusOr<bool> TupleReader::EndOrError() {
  if (at_ == end_) return false;
  const ptrdiff_t offset = at_ - begin_;
  const ptrdiff_t left = end_ - at_;
  if (left < static_cast<ptrdiff_t>(sizeof(int16_t))) {
    return absl::DataLossError(
        absl::StrFormat("binary COPY: the tuple at byte %d ends in its field count", offset));
  }
  const auto count = LoadBig<int16_t>(at_);
  if (count == field_count_) {
    return absl::DataLossError(absl::StrFormat(
        "binary COPY: the tuple at byte %d is malformed or longer than the %d bytes left", offset,
        left));
  }
  if (count != -1) {
    return absl::DataLossError(
        absl::StrFormat("binary COPY: the tuple at byte %d has %d fields, expected %d", offset,
                        count, field_count_));
  }
  if (left != static_cast<ptrdiff_t>(kTrailer.size())) {
    return absl::DataLossError(
        absl::StrFormat("binary COPY: %d bytes follow the trailer at byte %d",
                        left - static_cast<ptrdiff_t>(kTrailer.size()), offset));
  }
  saw_trailer_ = true;
  at_ = end_;
  return false;
}

}  // namespace regraft::copy_format
