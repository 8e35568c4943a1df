// CSV as RFC 4180 has it, and as COPY … FROM (FORMAT csv) reads it back.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace regraft::cli {

// One line with its CRLF. NULL is an empty field without quotes, the empty string one with quotes.
std::string CsvLine(const std::vector<std::optional<std::string>>& fields);

}  // namespace regraft::cli
