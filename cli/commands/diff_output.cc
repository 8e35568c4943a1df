#include "cli/commands/diff_output.h"

#include "cli/render/diff_text.h"
#include "engine/base/failure_kind.h"

#include "absl/strings/str_cat.h"

#include <cerrno>
#include <cstring>

namespace regraft::cli {
namespace {

constexpr size_t kShown = 20;

}  // namespace

absl::Status DiffOutput::Open(const std::string& path) {
  path_ = path;
  if (path.empty()) return absl::OkStatus();
  file_.open(path, std::ios::binary | std::ios::trunc);
  if (file_.is_open()) return absl::OkStatus();
  return BadPlan(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
}

void DiffOutput::Begin(const DiffPlan& plan) {
  plan_ = &plan;
  if (!file_.is_open()) return;
  file_ << DifferenceCsvHeader(plan);
}

void DiffOutput::Add(const verification::RowDifference& difference) {
  ++count_;
  if (first_.size() < kShown) first_.push_back(difference);
  if (file_.is_open()) file_ << DifferenceCsv(*plan_, difference);
}

absl::Status DiffOutput::Close() {
  if (!file_.is_open()) return absl::OkStatus();
  file_.close();
  if (file_.good()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("could not write all of ", path_, ": ", std::strerror(errno)));
}

std::string DiffOutput::Text() const {
  std::string text;
  for (const auto& difference : first_) text += DifferenceText(*plan_, difference);
  const auto more = count_ - static_cast<int64_t>(first_.size());
  if (more > 0)
    absl::StrAppend(&text, "… and ", more, " more",
                    path_.empty() ? "; --diff-keys FILE writes all" : "", "\n");
  return text;
}

nlohmann::ordered_json DiffOutput::Json() const {
  nlohmann::ordered_json differences = nlohmann::ordered_json::array();
  for (const auto& difference : first_) differences.push_back(DifferenceJson(*plan_, difference));
  return differences;
}

}  // namespace regraft::cli
