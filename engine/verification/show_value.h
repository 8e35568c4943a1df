// A value's text in a sentence for people.
#pragma once

#include <optional>
#include <string>

namespace regraft::verification {

// One line of terminal-safe text in quotes, so that NULL, '' and blanks at the end can be told
// apart. A long value is cut, not within a character: it is shown to be recognised, not to be read.
std::string ShowValue(const std::optional<std::string>& value);

}  // namespace regraft::verification
