#include "cli/render/markdown.h"

#include "cli/render/words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace regraft::cli::markdown {
namespace {

std::string TableRow(const Row& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

}  // namespace

std::string Cell(std::string_view text) {
  const std::string line = OneLine(text);
  return absl::StrReplaceAll(line, {{"\\", "\\\\"},
                                    {"|", "\\|"},
                                    {"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {"*", "\\*"},
                                    {"_", "\\_"},
                                    {"~", "\\~"},
                                    {"`", "\\`"},
                                    {"[", "\\["}});
}

std::string Code(std::string_view name) {
  if (name.empty()) return "";
  if (name.find('`') != std::string_view::npos) return Cell(name);
  return absl::StrCat("`", absl::StrReplaceAll(OneLine(name), {{"|", "\\|"}}), "`");
}

std::string Table(const Row& heads, const std::vector<Row>& rows) {
  std::string out = TableRow(heads) + "|";
  for (const std::string& head : heads) out += std::string(head.size() + 2, '-') + "|";
  out += "\n";
  for (const Row& row : rows) out += TableRow(row);
  return out + "\n";
}

}  // namespace regraft::cli::markdown
