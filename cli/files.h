// Files that are named on the command line.
#pragma once

#include "absl/status/statusor.h"

#include <string>

namespace regraft::cli {

// The whole file. Errors: BadPlan with the path and the system's reason.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);
// Replaces the file at once: whoever reads it meanwhile sees the old text or the new one.
absl::Status WriteTextFile(const std::string& path, const std::string& text);

}  // namespace regraft::cli
