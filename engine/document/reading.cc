#include "engine/document/reading.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <utility>

namespace regraft::document {

std::string Reading::NextId(int section) {
  constexpr size_t kTitleWords = 3;
  std::string label = outline.LabelOf(section);
  if (label.empty()) {
    std::vector<std::string> words =
        Words(outline.sections[static_cast<size_t>(section)].title.plain);
    if (words.size() > kTitleWords) words.resize(kTitleWords);
    label = words.empty() ? "row" : absl::StrJoin(words, "-");
  }
  std::string id;
  do id = absl::StrCat(label, "-", ++numbers_[label]);
  while (!ids_.insert(id).second);
  return id;
}

void Reading::Find(int line, std::string rule, std::string what) {
  import.findings.push_back({line, std::move(rule), std::move(what)});
}

pg::QualifiedName Reading::Resolve(const Text& where, const pg::QualifiedName& name,
                                   std::vector<std::string>* todo) {
  constexpr size_t kShown = 5;
  if (!name.schema.empty()) return name;
  std::vector<pg::QualifiedName> candidates = names.Candidates(name);
  const std::string shown = pg::DisplayName(name);
  if (candidates.size() == 1) {
    Find(where.line, "unqualified-name",
         absl::StrCat(shown, " has no schema; taken for ", pg::DisplayName(candidates[0]),
                      ", the only table that the document calls so"));
    return candidates[0];
  }
  const size_t count = candidates.size();
  if (count > kShown) candidates.resize(kShown);
  const std::string which =
      count == 0 ? std::string("the document names no such table with its schema")
                 : absl::StrCat("it can be ", absl::StrJoin(candidates, " or ",
                                                            [](std::string* out, const auto& each) {
                                                              out->append(pg::DisplayName(each));
                                                            }));
  todo->push_back(absl::StrCat("which table is ", shown, "? ", which));
  Find(where.line, count == 0 ? "unqualified-name" : "ambiguous-name",
       absl::StrCat(shown, " has no schema, and ", which));
  return name;
}

}  // namespace regraft::document
