// What apply and undo have done, for people and for programs.
#pragma once

#include "engine/apply/apply.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

std::string ApplyText(const apply::ApplyReport& report, bool undo, bool dry_run);
nlohmann::ordered_json ApplyJson(const apply::ApplyReport& report);
nlohmann::ordered_json ActionJson(const apply::ActionReport& action);

}  // namespace regraft::cli
