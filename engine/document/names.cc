#include "engine/document/names.h"

#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

#include <algorithm>

namespace regraft::document {
namespace {

constexpr size_t kCellMax = 4000;

bool IsNameCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) || c == '_' || c == '$' || byte >= 0x80;
}

// Words of the plain text that hold a dot between two names: "app.people" of "app.people (all)".
std::vector<std::string> DottedWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (c == '"') quoted = !quoted;
    if (i < text.size() && (quoted || c == '"' || c == '.' || IsNameCharacter(c))) {
      word.push_back(c);
      continue;
    }
    while (!word.empty() && word.back() == '.') word.pop_back();  // of a sentence
    if (word.find('.') != std::string::npos) words.push_back(word);
    word.clear();
  }
  return words;
}

void AddOnce(const pg::QualifiedName& name, std::vector<pg::QualifiedName>* names) {
  if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

}  // namespace

std::optional<pg::QualifiedName> AsName(std::string_view text) {
  const bool quoted = text.find('"') != std::string_view::npos;
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) return std::nullopt;
  if (!quoted &&
      !std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || IsNameCharacter(c); }))
    return std::nullopt;
  const auto name = pg::ParseQualifiedName(text);
  if (!name.ok()) return std::nullopt;
  // "2.5" and "e.g" are no tables; neither are names beyond what the server can hold.
  constexpr size_t kNameMax = 63;
  if (name->name.size() > kNameMax || name->schema.size() > kNameMax) return std::nullopt;
  if (!name->schema.empty() && absl::ascii_isdigit(static_cast<unsigned char>(name->schema[0])))
    return std::nullopt;
  return *name;
}

std::vector<pg::QualifiedName> NamesIn(const Text& cell) {
  std::vector<pg::QualifiedName> names;
  if (cell.plain.size() > kCellMax) return names;
  for (const Code& code : cell.codes)
    if (const auto name = AsName(code.text)) AddOnce(*name, &names);
  if (!names.empty()) return names;
  for (const std::string& word : DottedWords(cell.plain))
    if (const auto name = AsName(word)) AddOnce(*name, &names);
  if (!names.empty()) return names;
  if (const auto name = AsName(cell.plain)) names.push_back(*name);
  return names;
}

std::string WithoutNames(const Text& cell) {
  std::string rest = cell.plain;
  if (rest.size() > kCellMax) return rest;
  if (AsName(rest).has_value()) return "";
  for (const Code& code : cell.codes)
    if (AsName(code.text).has_value()) rest = absl::StrReplaceAll(rest, {{code.text, " "}});
  for (const std::string& word : DottedWords(rest))
    if (AsName(word).has_value()) rest = absl::StrReplaceAll(rest, {{word, " "}});
  return std::string(absl::StripAsciiWhitespace(rest));
}

std::vector<pg::QualifiedName> QualifiedNamesIn(const Text& text) {
  std::vector<pg::QualifiedName> names;
  for (const pg::QualifiedName& name : NamesIn(text))
    if (!name.schema.empty()) names.push_back(name);
  return names;
}

void NameIndex::Add(const pg::QualifiedName& name) {
  if (!name.schema.empty()) by_name_[name.name].insert(name.schema);
}

void NameIndex::AddAlias(const std::string& word, const pg::QualifiedName& name) {
  if (!name.schema.empty()) AddOnce(name, &aliases_[word]);
}

std::vector<pg::QualifiedName> NameIndex::Candidates(const pg::QualifiedName& name) const {
  if (!name.schema.empty()) return {name};
  std::vector<pg::QualifiedName> found;
  const auto named = by_name_.find(name.name);
  if (named != by_name_.end())
    for (const std::string& schema : named->second) found.push_back({schema, name.name});
  if (!found.empty()) return found;
  return Called(name.name);
}

std::vector<pg::QualifiedName> NameIndex::Called(const std::string& word) const {
  const auto alias = aliases_.find(word);
  return alias != aliases_.end() ? alias->second : std::vector<pg::QualifiedName>{};
}

}  // namespace regraft::document
