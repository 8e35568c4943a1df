// Small pieces of SQL text that the analysis writes again and again.
#pragma once

#include "engine/pg/identifier.h"

#include <string>
#include <string_view>

namespace regraft::analysis {

// A string literal that needs no connection: sessions run with standard_conforming_strings on.
inline std::string Literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\'');
    quoted.push_back(c);
  }
  return quoted + "'";
}

// A column of the relation that is read, whose alias is always s.
inline std::string SourceColumn(std::string_view name) { return "s." + pg::QuoteIdentifier(name); }

}  // namespace regraft::analysis
