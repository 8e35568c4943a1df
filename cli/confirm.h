// The question before something is done.
#pragma once

#include <string>

namespace regraft::cli {

// Asks on standard error and reads a line; true for "y" and "yes". REQUIRES: somebody can answer.
bool Confirm(const std::string& question);

}  // namespace regraft::cli
