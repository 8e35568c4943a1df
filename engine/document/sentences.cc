#include "engine/document/sentences.h"

#include "engine/base/status_macros.h"
#include "engine/document/names.h"
#include "engine/document/vocabulary.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace regraft::document {
namespace {

// What is longer is no sentence; and each code is looked at with all that is around it.
constexpr size_t kSentenceMax = 4000;

bool Says(const std::vector<std::string>& words, std::initializer_list<std::string_view> any) {
  return std::any_of(any.begin(), any.end(), [&words](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  });
}

std::vector<std::string> WordsBefore(const Text& text, const Code& code) {
  return Words(std::string_view(text.plain).substr(0, code.at));
}
std::vector<std::string> WordsAfter(const Text& text, const Code& code) {
  const size_t behind = std::min(text.plain.size(), code.at + code.text.size());
  return Words(std::string_view(text.plain).substr(behind));
}

// The name that follows "into", "to" or "in", where the sentence speaks of merging.
std::optional<pg::QualifiedName> TargetIn(const Text& text) {
  if (KindInWords(text.plain) != plan::ActionKind::kMerge) return std::nullopt;
  for (const Code& code : text.codes) {
    const auto name = AsName(code.text);
    const auto before = WordsBefore(text, code);
    if (name.has_value() && !name->schema.empty() && !before.empty() &&
        Says({before.back()}, {"into", "to", "in", "table"}))
      return name;
  }
  return std::nullopt;
}

// The code beside a word that says that it tells the sources apart.
std::string DiscriminatorIn(const Text& text) {
  constexpr size_t kNear = 3;
  for (const Code& code : text.codes) {
    const auto name = AsName(code.text);
    if (!name.has_value() || !name->schema.empty()) continue;
    auto before = WordsBefore(text, code), after = WordsAfter(text, code);
    if (before.size() > kNear)
      before.erase(before.begin(), before.end() - static_cast<std::ptrdiff_t>(kNear));
    if (after.size() > kNear) after.resize(kNear);
    if (Says(after, {"discriminator", "tells", "distinguishes", "says", "marks"}) ||
        Says(before, {"discriminator", "distinguished", "apart", "marked", "tagged"}))
      return code.text;
  }
  return "";
}

// "Add `origin varchar(50)` to `app.orders`", "add `origin` column to target tables".
void FindColumns(const Text& text, std::vector<ColumnToAdd>* columns) {
  if (!Says(Words(text.plain), {"add", "adds", "create", "extend"})) return;
  ColumnToAdd column{.column = "", .type = "", .tables = {}, .line = text.line};
  for (const Code& code : text.codes) {
    const auto name = AsName(code.text);
    const auto before = WordsBefore(text, code);
    if (name.has_value() && !name->schema.empty()) {
      if (!column.column.empty()) column.tables.push_back(*name);
      continue;
    }
    if (!column.column.empty() || !Says(before, {"add", "adds", "create", "extend"})) continue;
    const size_t blank = code.text.find(' ');
    const auto of_column = AsName(code.text.substr(0, blank));
    if (!of_column.has_value()) continue;
    column.column = of_column->name;
    if (blank != std::string::npos)
      column.type = std::string(absl::StripAsciiWhitespace(code.text.substr(blank)));
  }
  const bool says_where = !column.tables.empty() || Says(Words(text.plain), {"target", "targets"});
  if (!column.column.empty() && says_where) columns->push_back(column);
}

std::string WithBraces(std::string_view text) {
  return absl::StrReplaceAll(AsAbsl(text), {{"<schema>", "{schema}"},
                                            {"<table>", "{table}"},
                                            {"<name>", "{table}"},
                                            {"{name}", "{table}"},
                                            {"<tablename>", "{table}"}});
}

}  // namespace

Sentences ReadSentences(const std::vector<const Block*>& blocks) {
  Sentences read;
  for (const Block* block : blocks) {
    if (block->text.plain.size() > kSentenceMax) continue;
    if (!read.target.has_value()) read.target = TargetIn(block->text);
    if (read.discriminator.empty()) read.discriminator = DiscriminatorIn(block->text);
    FindColumns(block->text, &read.columns);
  }
  return read;
}

std::optional<NamingRule> FindNamingRule(const std::vector<Block>& blocks) {
  for (const Block& block : blocks)
    for (const Code& code : block.text.codes) {
      const std::string pattern = WithBraces(code.text);
      const bool blanks = pattern.find(' ') != std::string::npos;
      if (!blanks && absl::StrContains(pattern, "{table}"))
        return NamingRule{.pattern = pattern, .line = block.line};
    }
  return std::nullopt;
}

std::string ApplyPattern(const std::string& pattern, const pg::QualifiedName& source) {
  return absl::StrReplaceAll(pattern, {{"{schema}", source.schema}, {"{table}", source.name}});
}

}  // namespace regraft::document
