// Where the differences go: the first few to the terminal or the JSON document, all of them to a
// file.
#pragma once

#include "cli/commands/diff_plan.h"
#include "engine/verification/row_diff.h"

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace regraft::cli {

class DiffOutput {
 public:
  // Opens the CSV file, if `path` is not empty, before anything is read.
  absl::Status Open(const std::string& path);
  // Writes the CSV's first line. `plan` must outlive this object.
  void Begin(const DiffPlan& plan);
  void Add(const verification::RowDifference& difference);
  // Errors: the file could not be written to its end.
  absl::Status Close();

  // The first differences, a line for each and for each of their columns.
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] nlohmann::ordered_json Json() const;

 private:
  const DiffPlan* plan_ = nullptr;
  std::vector<verification::RowDifference> first_;
  int64_t count_ = 0;
  std::string path_;
  std::ofstream file_;
};

}  // namespace regraft::cli
