// Where application source names tables that get another name: as text, and as JSON.
#pragma once

#include "engine/code_search/search_code.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// Two lines a place, the first as compilers and editors know it: "file:line: old → new". Then how
// much was searched, and what was not.
std::string CodeText(const code_search::CodeSearch& search);
nlohmann::ordered_json CodeJson(const code_search::CodeSearch& search);

}  // namespace regraft::cli
