// What is true of a plan's leaf lock, for people and for programs.
#pragma once

#include "engine/compliance/compliance.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

std::string ComplianceText(const compliance::Report& report);
// The table of sub-hubs and leaf types, with what is missing in it.
std::string ComplianceMarkdown(const compliance::Report& report);
nlohmann::ordered_json ComplianceJson(const compliance::Report& report);

}  // namespace regraft::cli
