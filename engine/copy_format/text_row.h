// COPY's text format, for the tables that cannot be written in binary.
#pragma once

#include <string>
#include <string_view>

namespace regraft::copy_format {

// Appends one line: `fields` are framed binary fields whose bytes are text (in the client
// encoding), separated by tabs, \N for NULL, backslash escapes as COPY FROM reads them. REQUIRES:
// well-formed.
void AppendTextLine(std::string_view fields, int field_count, std::string* out);

}  // namespace regraft::copy_format
