// Names of tables in the text of a document.
#pragma once

#include "engine/document/markdown.h"
#include "engine/pg/identifier.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::document {

// A name as psql would read it, of one or two parts; nothing for other words, for three parts, and
// for what no one writes as a name.
std::optional<pg::QualifiedName> AsName(std::string_view text);

// The names in a cell: those in backticks; where there are none, its words with a dot; else the
// cell itself, if it is one word. None in a cell of the size of a page.
std::vector<pg::QualifiedName> NamesIn(const Text& cell);
// The cell without its names: "MERGE →".
std::string WithoutNames(const Text& cell);
// Of NamesIn, only those with a schema.
std::vector<pg::QualifiedName> QualifiedNamesIn(const Text& text);

// Every table that the document names with its schema, by the name alone; and the other words that
// it gives to tables: `app.people (spine)`.
class NameIndex {
 public:
  void Add(const pg::QualifiedName& name);
  void AddAlias(const std::string& word, const pg::QualifiedName& name);

  // The tables that a name without schema can mean; with a schema, itself.
  [[nodiscard]] std::vector<pg::QualifiedName> Candidates(const pg::QualifiedName& name) const;
  // The tables that the document itself calls by this word.
  [[nodiscard]] std::vector<pg::QualifiedName> Called(const std::string& word) const;

 private:
  std::map<std::string, std::set<std::string>> by_name_;  // name, its schemas
  std::map<std::string, std::vector<pg::QualifiedName>> aliases_;
};

}  // namespace regraft::document
