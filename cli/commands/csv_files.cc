#include "cli/commands/csv_files.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <algorithm>
#include <filesystem>

namespace regraft::cli {

absl::Status CsvFiles::Open() {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (!error) return absl::OkStatus();
  return BadPlan(absl::StrCat("cannot make the directory ", directory_, ": ", error.message()));
}

absl::Status CsvFiles::Add(const std::string& id, std::string_view csv) {
  if (id != id_ || !file_.is_open()) RETURN_IF_ERROR(Begin(id));
  file_ << guard_.Pass(csv);
  return Check();
}

absl::Status CsvFiles::Finish() {
  if (!file_.is_open()) return absl::OkStatus();
  file_ << guard_.Finish();
  file_.close();
  return Check();
}

absl::Status CsvFiles::Begin(const std::string& id) {
  RETURN_IF_ERROR(Finish());
  id_ = id;
  guard_ = {};
  path_ = absl::StrCat(directory_, "/", FileName());
  files_.push_back(path_);
  file_.clear();
  file_.open(path_, std::ios::binary | std::ios::trunc);
  return Check();
}

// Ids are free text: what is left of one is made unique by its place.
std::string CsvFiles::FileName() const {
  constexpr size_t kBytesMax = 60;
  std::string name;
  for (const char c : id_.substr(0, kBytesMax))
    name += absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ? c : '_';
  const auto place = std::find(ids_.begin(), ids_.end(), id_) - ids_.begin() + 1;
  return absl::StrFormat("%02d_%s.csv", place, name);
}

absl::Status CsvFiles::Check() const {
  if (!file_.fail()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot write ", path_));
}

}  // namespace regraft::cli
