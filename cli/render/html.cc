#include "cli/render/html.h"

#include "cli/render/words.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace regraft::cli::html {

std::string Escape(std::string_view text) {
  return absl::StrReplaceAll(
      OneLine(saved_plan::Utf8OrEscaped(text)),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Name(std::string_view name) {
  if (name.empty()) return "";
  return absl::StrCat(
      "<code>", absl::StrReplaceAll(Escape(name), {{".", ".<wbr>"}, {"_", "_<wbr>"}}), "</code>");
}

std::string Anchor(std::string_view text) {
  std::string anchor = "action-";
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (absl::ascii_isalnum(value) || byte == '-')
      anchor += byte;
    else
      absl::StrAppendFormat(&anchor, ".%02x", value);
  }
  return anchor;
}

std::string Render(const Table& table) {
  if (table.rows.empty()) return "";
  std::string out =
      absl::StrCat("<table>\n<caption>", Escape(table.caption), "</caption>\n<thead><tr>");
  for (size_t i = 0; i < table.heads.size(); ++i)
    absl::StrAppend(&out, "<th scope=\"col\" class=\"", table.rows[0][i].style, "\">",
                    Escape(table.heads[i]), "</th>");
  out += "</tr></thead>\n<tbody>\n";
  for (const Row& row : table.rows) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i)
      absl::StrAppend(&out, "<td data-head=\"", Escape(table.heads[i]), "\" class=\"", row[i].style,
                      "\">", row[i].html, "</td>");
    out += "</tr>\n";
  }
  out += "</tbody>\n";
  if (!table.foot.empty()) absl::StrAppend(&out, "<tfoot>", table.foot, "</tfoot>\n");
  return out + "</table>\n";
}

}  // namespace regraft::cli::html
