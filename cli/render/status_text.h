// The state of a run, for people and for programs.
#pragma once

#include "engine/status/status.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// `file` names the saved plan in what to type next.
std::string StatusText(const status::RunStatus& status, const std::string& file);
nlohmann::ordered_json StatusJson(const status::RunStatus& status, const std::string& file);
// The same as long as nothing but time has passed.
std::string StatusKey(const status::RunStatus& status);

}  // namespace regraft::cli
