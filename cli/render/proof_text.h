// What `regraft verify SAVED.json` found, for people and for programs.
#pragma once

#include "engine/proof/verify.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

std::string ProofText(const proof::VerifyReport& report);
nlohmann::ordered_json ProofDocument(const proof::VerifyReport& report);

}  // namespace regraft::cli
