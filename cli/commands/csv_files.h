// Rows of checks and repairs as CSV files in one directory, safe to open in a spreadsheet.
#pragma once

#include "cli/render/csv.h"

#include "absl/status/status.h"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli {

// A file per id; files of an earlier run are replaced.
class CsvFiles {
 public:
  // `ids`: all that there are, in their order: it begins the files' names.
  CsvFiles(std::string directory, std::vector<std::string> ids)
      : directory_(std::move(directory)), ids_(std::move(ids)) {}

  // Makes the directory. Errors: BadPlan.
  absl::Status Open();
  // The next piece of an id's CSV; those of one id come one after the other.
  absl::Status Add(const std::string& id, std::string_view csv);
  absl::Status Finish();

  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  absl::Status Begin(const std::string& id);
  [[nodiscard]] std::string FileName() const;
  [[nodiscard]] absl::Status Check() const;

  std::string directory_, id_, path_;
  std::vector<std::string> ids_, files_;
  FormulaGuard guard_;
  std::ofstream file_;
};

}  // namespace regraft::cli
