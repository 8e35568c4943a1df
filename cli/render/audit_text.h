// What an audit found, for people and for programs.
#pragma once

#include "engine/audit/audit.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// One line per check, and a few rows of those that failed.
std::string AuditText(const audit::AuditReport& report);
// A table for a page or a pull request.
std::string AuditMarkdown(const audit::AuditReport& report);
nlohmann::ordered_json AuditJson(const audit::AuditReport& report);

}  // namespace regraft::cli
