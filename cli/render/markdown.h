// Text of any kind in a Markdown document with tables (GitHub's).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli::markdown {

// Text in a cell: no character of it may end the cell or begin a format.
std::string Cell(std::string_view text);
// A name as code. A backtick in it would end the code, so such a name stands as text.
std::string Code(std::string_view name);

// Cells that are Markdown already.
using Row = std::vector<std::string>;
// With an empty line behind it.
std::string Table(const Row& heads, const std::vector<Row>& rows);

}  // namespace regraft::cli::markdown
