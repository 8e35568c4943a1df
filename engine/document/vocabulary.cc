#include "engine/document/vocabulary.h"

#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace regraft::document {
namespace {

using plan::ActionKind;
using Strings = std::vector<std::string>;

struct KindWords {
  ActionKind kind;
  std::vector<std::string_view> words;
};

// A noun such as "archives" is no kind by itself: a title speaks of tables that are archives.
const std::vector<KindWords>& Kinds() {
  static const auto* const kKinds = new std::vector<KindWords>{
      {ActionKind::kMergeJsonb, {"merge_jsonb", "jsonb", "json"}},
      {ActionKind::kMergeCols, {"merge_cols", "merge_columns"}},
      {ActionKind::kAddPk, {"add_pk", "pk", "pks", "primary"}},
      {ActionKind::kKeepAsMv,
       {"keep_as_mv", "mv", "mvs", "materialized", "materialised", "materialized_view",
        "materialised_view", "reclassify", "relabel"}},
      {ActionKind::kArchive,
       {"archive", "archived", "archiving", "archival", "retire", "retired", "retiring", "shelve",
        "archivieren"}},
      {ActionKind::kMerge,
       {"merge", "merged", "merging", "merges", "consolidate", "consolidated", "consolidation",
        "combine", "combined", "unify", "unified", "fold", "folded", "zusammenführen"}},
      {ActionKind::kMove,
       {"move", "moved", "moves", "moving", "relocate", "relocated", "relocation", "rename",
        "renamed", "renames", "rehome", "rehomed", "transfer", "verschieben"}},
      {ActionKind::kPending,
       {"pending", "undecided", "question", "questions", "decision", "decisions", "tbd", "open"}}};
  return *kKinds;
}

bool Has(const Strings& words, std::initializer_list<std::string_view> any) {
  return std::any_of(any.begin(), any.end(), [&words](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  });
}

std::optional<ActionKind> KindOfWord(std::string_view word) {
  for (const KindWords& each : Kinds())
    if (std::find(each.words.begin(), each.words.end(), word) != each.words.end()) return each.kind;
  return std::nullopt;
}

// "Add score columns" and "merged as JSONB" are not said in one word.
std::optional<ActionKind> KindInPhrase(const Strings& words) {
  if (Has(words, {"jsonb", "json", "merge_jsonb"})) return ActionKind::kMergeJsonb;
  if (Has(words, {"merge_cols", "merge_columns"})) return ActionKind::kMergeCols;
  if (Has(words, {"add", "merge", "fold"}) && Has(words, {"columns", "cols"}))
    return ActionKind::kMergeCols;
  if (Has(words, {"primary"}) && !Has(words, {"key", "keys"})) return std::nullopt;
  for (const std::string& word : words)
    if (const auto kind = KindOfWord(word)) return kind;
  return std::nullopt;
}

std::string_view BehindArrow(std::string_view text) {
  size_t from = std::string_view::npos;
  for (const std::string_view arrow : {"→", "->", "=>", "⇒", "➜", "-->"}) {
    const size_t at = text.rfind(arrow);
    if (at != std::string_view::npos &&
        (from == std::string_view::npos || at + arrow.size() > from))
      from = at + arrow.size();
  }
  return from == std::string_view::npos ? std::string_view() : text.substr(from);
}

struct RoleWords {
  Role role;
  std::vector<std::string_view> words;
};

// The first role one of whose words is in the head.
const std::vector<RoleWords>& Roles() {
  static const auto* const kRoles = new std::vector<RoleWords>{
      {Role::kQuestion, {"question", "questions", "frage"}},
      {Role::kOptions, {"options", "choices", "alternatives"}},
      {Role::kKey, {"pk", "primary"}},
      {Role::kLabel,
       {"classification", "classified", "reclassify", "label", "class", "becomes_mv"}},
      {Role::kSubHub, {"sub_hub", "subhub"}},
      {Role::kJoin, {"join", "joined", "matched", "match"}},
      {Role::kOrder, {"order", "ordered", "sort", "sorted"}},
      {Role::kReason,
       {"reason", "reasons", "why", "because", "rationale", "note", "notes", "comment", "comments",
        "remark", "remarks", "justification", "grund", "warum", "bemerkung"}},
      {Role::kIssue, {"issue", "issues", "check", "checks", "finding", "problem", "test"}},
      {Role::kStatus, {"status", "state", "result", "outcome"}},
      {Role::kTarget,
       {"target", "to", "into", "destination", "dest", "goes", "new", "home", "becomes", "nach",
        "ziel", "wohin", "after", "future"}},
      {Role::kSource,
       {"source", "from", "table", "tables", "relation", "relations", "old", "current", "existing",
        "today", "name", "von", "quelle", "tabelle"}},
      {Role::kRows,
       {"rows", "row", "count", "counts", "records", "tuples", "rowcount", "row_count", "found",
        "number", "zeilen", "anzahl"}},
      {Role::kMethod,
       {"method", "how", "action", "actions", "operation", "kind", "treatment", "step", "handling",
        "do", "what", "aktion"}}};
  return *kRoles;
}

}  // namespace

std::vector<std::string> Words(std::string_view text) {
  Strings words;
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool inside = absl::ascii_isalnum(byte) || c == '_' || byte >= 0x80;
    if (inside) {
      word.push_back(absl::ascii_tolower(byte));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::optional<ActionKind> KindInWords(std::string_view text) {
  const std::string_view behind = BehindArrow(text);
  if (!behind.empty())
    if (const auto kind = KindInPhrase(Words(behind))) return kind;
  return KindInPhrase(Words(text));
}

std::optional<ActionKind> KindNamed(std::string_view cell) {
  Strings words = Words(cell);
  if (words.empty() || words.size() > 3) return std::nullopt;
  if (words.size() == 1 && words[0] == "archives") return ActionKind::kArchive;
  const auto kind = KindInPhrase(words);
  if (!kind.has_value()) return std::nullopt;
  // "open" or "new" beside other words is no name of a kind.
  const bool all_words = std::all_of(words.begin(), words.end(), [](const std::string& word) {
    return KindOfWord(word).has_value() || word == "key" || word == "keys" || word == "view" ||
           word == "views" || word == "add" || word == "as" || word == "keep" || word == "columns";
  });
  return all_words ? kind : std::nullopt;
}

Role RoleOf(const Text& head) {
  const Strings words = Words(head.plain);
  if (Has(words, {"value", "values"}) && words.size() > 1) return Role::kDiscriminator;
  if (Has(words, {"schema"}) && Has(words, {"new", "target", "to", "destination", "correct"}))
    return Role::kTargetSchema;
  if (Has(words, {"sub"}) && Has(words, {"hub"})) return Role::kSubHub;
  if (Has(words, {"leaf"}) && Has(words, {"type"})) return Role::kLeafType;
  if (Has(words, {"new", "missing"}) && Has(words, {"key"})) return Role::kKey;
  if (Has(words, {"decide", "decision"})) return Role::kQuestion;
  if (Has(words, {"rows", "records", "rowcount"})) return Role::kRows;
  for (const RoleWords& each : Roles())
    for (const std::string_view word : each.words)
      if (Has(words, {word})) return each.role;
  // `origin` alone: the column whose values stand below.
  return !head.codes.empty() && words.size() == 1 ? Role::kDiscriminator : Role::kNone;
}

std::string_view LeafTypeOf(std::string_view text) {
  struct Synonym {
    std::string_view word, type;
  };
  constexpr std::array<Synonym, 20> kSynonyms = {{{"canonical", "CANONICAL"},
                                                  {"error", "ERROR"},
                                                  {"errors", "ERROR"},
                                                  {"mv", "MV"},
                                                  {"mvs", "MV"},
                                                  {"materialized", "MV"},
                                                  {"materialised", "MV"},
                                                  {"registry", "REGISTRY"},
                                                  {"registries", "REGISTRY"},
                                                  {"archive", "ARCHIVE"},
                                                  {"archives", "ARCHIVE"},
                                                  {"staging", "STAGING"},
                                                  {"queue", "QUEUE"},
                                                  {"queues", "QUEUE"},
                                                  {"audit", "AUDIT"},
                                                  {"audits", "AUDIT"},
                                                  {"supporting", "SUPPORTING"},
                                                  {"support", "SUPPORTING"},
                                                  {"system", "SYSTEM"},
                                                  {"canonicals", "CANONICAL"}}};
  const Strings words = Words(text);
  if (words.empty() || words.size() > 2) return "";
  for (const Synonym& synonym : kSynonyms)
    if (words[0] == synonym.word) return synonym.type;
  return "";
}

std::optional<int64_t> ReadNumber(std::string_view text) {
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      digits.push_back(c);
      continue;
    }
    // A separator stands between digits, in front of exactly three of them.
    size_t run = 0;
    while (i + 1 + run < text.size() &&
           absl::ascii_isdigit(static_cast<unsigned char>(text[i + 1 + run])))
      ++run;
    const bool separates = std::string_view(",._' ").find(c) != std::string_view::npos;
    if (!separates || digits.empty() || run != 3) return std::nullopt;
  }
  int64_t number = 0;
  return absl::SimpleAtoi(digits, &number) ? std::optional(number) : std::nullopt;
}

bool SaysNothing(std::string_view text) {
  const std::string lower = absl::AsciiStrToLower(AsAbsl(text));
  return lower.empty() || lower == "-" || lower == "–" || lower == "—" || lower == "none" ||
         lower == "n/a" || lower == "?";
}

}  // namespace regraft::document
