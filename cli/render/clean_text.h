// Proposed and executed repairs, for people and for programs.
#pragma once

#include "engine/clean/clean.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// What each repair would change, with some of its rows.
std::string ProposalText(const clean::Proposal& proposal);
nlohmann::ordered_json ProposalJson(const clean::Proposal& proposal);
// What was done, or taken back: a line per repair.
std::string RepairText(const clean::RepairReport& repair);
nlohmann::ordered_json RepairJson(const clean::RepairReport& repair);

}  // namespace regraft::cli
