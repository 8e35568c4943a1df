// What `import` says about a document: the reconciliation, the findings, the todos.
#pragma once

#include "engine/document/import.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// For the terminal: declared against itemised, kind by kind; then findings and todos, a line each.
std::string ImportText(const document::Import& import, const std::string& file);
nlohmann::ordered_json ImportJson(const document::Import& import, const std::string& yaml);

}  // namespace regraft::cli
