// Text of any kind in an HTML page: names and comments are anybody's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli::html {

// As text or as an attribute's value in double quotes; on one line, without control characters.
std::string Escape(std::string_view text);
// A name as code, which may break behind a dot or an underscore; empty for none.
std::string Name(std::string_view name);
// An anchor that is the same for the same text, and only for it: "action-1B-3".
std::string Anchor(std::string_view text);

struct Cell {
  std::string html;
  const char* style = "";  // a class: "number"
};
using Row = std::vector<Cell>;
struct Table {
  std::string caption;  // for those who hear the page
  std::vector<std::string> heads;
  std::vector<Row> rows;
  std::string foot;  // a whole <tr>; empty: none
};
// On a narrow screen each row becomes a card that repeats the heads. Empty where there is no row.
std::string Render(const Table& table);

}  // namespace regraft::cli::html
