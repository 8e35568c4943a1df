#include "cli/render/plan_code.h"

#include "cli/render/words.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <set>

namespace regraft::cli {
namespace {

using code_search::CodeSearch;
using code_search::Occurrence;

std::string Summary(const CodeSearch& search) {
  std::set<std::string> files;
  for (const Occurrence& found : search.found) files.insert(found.file);
  const std::string searched =
      absl::StrCat(Counted(search.files, "file", "files"), ", ", Size(search.bytes), ", searched");
  if (search.found.empty())
    return absl::StrCat("No place names a table of this plan: ", searched, "\n");
  return absl::StrCat(Counted(static_cast<int64_t>(search.found.size()), "place", "places"), " in ",
                      Counted(static_cast<int64_t>(files.size()), "file", "files"),
                      " to be edited: ", searched, "\n");
}

}  // namespace

std::string CodeText(const CodeSearch& search) {
  std::string text;
  for (const Occurrence& found : search.found)
    absl::StrAppend(&text, OneLine(found.file), ":", found.line, ": ",
                    OneLine(pg::DisplayName(found.old_name)), " → ",
                    OneLine(pg::DisplayName(found.new_name)),
                    found.bare ? "  (by its bare name: may be something else)" : "", "\n    ",
                    OneLine(found.text), "\n");
  text += Summary(search);
  for (const std::string& unread : search.unread)
    absl::StrAppend(&text, "not searched: ", OneLine(unread), "\n");
  if (!search.skipped.empty())
    absl::StrAppend(&text, "left out as output or dependencies: ",
                    OneLine(absl::StrJoin(search.skipped, ", ")), "\n");
  return text;
}

nlohmann::ordered_json CodeJson(const CodeSearch& search) {
  nlohmann::ordered_json found = nlohmann::ordered_json::array();
  for (const Occurrence& place : search.found)
    found.push_back({{"file", place.file},
                     {"line", place.line},
                     {"text", place.text},
                     {"old_name", pg::DisplayName(place.old_name)},
                     {"new_name", pg::DisplayName(place.new_name)},
                     {"bare", place.bare}});
  return {{"found", std::move(found)},
          {"unread", search.unread},
          {"skipped", search.skipped},
          {"files", search.files},
          {"bytes", search.bytes}};
}

}  // namespace regraft::cli
