// The state of a run, for people and for programs.
#pragma once

#include "engine/status/status.h"

#include "nlohmann/json.hpp"

#include <cstddef>
#include <string>

namespace regraft::cli {

// `file` names the saved plan in what to type next. Of the actions at most `actions_max`: those
// that run or have failed before those that wait, these before what is done.
std::string StatusText(const status::RunStatus& status, const std::string& file,
                       size_t actions_max);
nlohmann::ordered_json StatusJson(const status::RunStatus& status, const std::string& file);
// The same as long as nothing but time has passed.
std::string StatusKey(const status::RunStatus& status);

}  // namespace regraft::cli
