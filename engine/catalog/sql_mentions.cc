#include "engine/catalog/sql_mentions.h"

#include "engine/catalog/sql_tokens.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace regraft::catalog {
namespace {

using Tokens = std::vector<SqlToken>;

// Behind one of these words a table is expected.
constexpr std::array<std::string_view, 15> kBeforeTables = {
    "from", "join",   "into",  "update",     "table",   "only",    "truncate", "lock",
    "copy", "exists", "using", "references", "analyze", "cluster", "vacuum"};

class Search {
 public:
  Search(const std::vector<pg::QualifiedName>& tables, const BareNames& bare)
      : tables_(tables), bare_(bare) {
    for (size_t i = 0; i < tables.size(); ++i) qualified_[{tables[i].schema, tables[i].name}] = i;
  }

  void Look(const Tokens& tokens, bool in_string) {
    FindCommonTableNames(tokens);
    const bool like_sql = std::any_of(tokens.begin(), tokens.end(), IsBeforeTables);
    bool raising = false;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const SqlToken& token = tokens[i];
      if (token.Is(";")) raising = false;
      if (token.Is("raise")) raising = true;
      if (token.kind == SqlToken::kLiteral && !raising) LookInLiteral(tokens, i);
      if (!token.IsName()) continue;
      if (LookForQualified(tokens, i, in_string, like_sql)) {
        i += 2;
      } else {
        LookForBare(tokens, i, in_string);
      }
    }
  }

  std::vector<Mention> Result() {
    FindFormatArguments();
    std::vector<Mention> mentions;
    for (auto& [table, mention] : found_) mentions.push_back(std::move(mention));
    return mentions;
  }

 private:
  static bool IsAt(const Tokens& tokens, size_t i, std::string_view word) {
    return i < tokens.size() && tokens[i].Is(word);
  }
  static bool IsBeforeTables(const SqlToken& token) {
    return token.kind == SqlToken::kWord &&
           std::find(kBeforeTables.begin(), kBeforeTables.end(), token.text) != kBeforeTables.end();
  }
  static bool ExpectsTable(const Tokens& tokens, size_t i) {
    return i > 0 && IsBeforeTables(tokens[i - 1]);
  }

  void Found(size_t table, Certainty certainty, std::string how) {
    const auto [place, is_new] = found_.try_emplace(table, Mention{table, certainty, how});
    if (!is_new && place->second.certainty < certainty)
      place->second = {table, certainty, std::move(how)};
  }

  // WITH orders AS (…): the word then means that, most likely.
  void FindCommonTableNames(const Tokens& tokens) {
    for (size_t i = 1; i + 2 < tokens.size(); ++i)
      if (tokens[i].IsName() && tokens[i + 1].Is("as") && tokens[i + 2].Is("(") &&
          (tokens[i - 1].Is("with") || tokens[i - 1].Is("recursive") || tokens[i - 1].Is(",")))
        common_table_names_.insert(tokens[i].text);
  }

  // A string's words count where it is executed: after FROM and the like. A string that is a name
  // and nothing else counts always, for certain as a regclass.
  void LookInLiteral(const Tokens& tokens, size_t i) {
    const Tokens inner = TokenizeSql(tokens[i].text);
    if (inner.size() == 3 && inner[1].Is(".")) {
      const bool regclass = IsAt(tokens, i + 1, ":") && IsAt(tokens, i + 3, "regclass");
      if (const auto table = Qualified(inner, 0))
        Found(*table, regclass ? Certainty::kNames : Certainty::kMayName,
              regclass ? "as regclass" : "in a string");
    } else if (inner.size() == 1 && inner[0].IsName()) {
      lone_literals_.insert(inner[0].text);
    } else {
      Look(inner, true);
    }
  }

  [[nodiscard]] std::optional<size_t> Qualified(const Tokens& tokens, size_t i) const {
    if (i + 2 >= tokens.size() || !tokens[i].IsName() || !tokens[i + 1].Is(".") ||
        !tokens[i + 2].IsName())
      return std::nullopt;
    const auto table = qualified_.find({tokens[i].text, tokens[i + 2].text});
    return table == qualified_.end() ? std::nullopt : std::optional(table->second);
  }

  // A message such as 'archived app.orders' names it to people only.
  bool LookForQualified(const Tokens& tokens, size_t i, bool in_string, bool like_sql) {
    const auto table = Qualified(tokens, i);
    if (!table.has_value()) return false;
    if (!in_string)
      Found(*table, Certainty::kNames, pg::DisplayName(tables_[*table]));
    else if (ExpectsTable(tokens, i) || (like_sql && IsAt(tokens, i - 1, ",")))
      Found(*table, Certainty::kMayName, "in a string");
    return true;
  }

  void LookForBare(const Tokens& tokens, size_t i, bool in_string) {
    const auto meaning = bare_.find(tokens[i].text);
    if (meaning == bare_.end() || (i > 0 && (tokens[i - 1].Is(".") || tokens[i - 1].Is("as"))))
      return;
    const bool of_row =
        IsAt(tokens, i + 1, "%") && (IsAt(tokens, i + 2, "rowtype") || IsAt(tokens, i + 2, "type"));
    const bool expected = ExpectsTable(tokens, i) || of_row;
    if (!expected && (in_string || IsAt(tokens, i + 1, "("))) return;
    const bool sure = expected && !in_string && common_table_names_.count(tokens[i].text) == 0;
    const auto [table, certainty] = meaning->second;
    Found(table, sure ? certainty : Certainty::kMayName,
          in_string ? "in a string" : absl::StrCat(tokens[i].text, ", by search_path"));
  }

  // format('… %I.%I …', 'app', 'orders').
  void FindFormatArguments() {
    for (size_t i = 0; i < tables_.size(); ++i)
      if (lone_literals_.count(tables_[i].schema) > 0 && lone_literals_.count(tables_[i].name) > 0)
        Found(i, Certainty::kMayName, "in strings");
  }

  const std::vector<pg::QualifiedName>& tables_;
  const BareNames& bare_;
  std::map<std::pair<std::string, std::string>, size_t> qualified_;
  std::set<std::string> common_table_names_, lone_literals_;
  std::map<size_t, Mention> found_;
};

}  // namespace

std::vector<Mention> FindMentions(std::string_view sql,
                                  const std::vector<pg::QualifiedName>& tables,
                                  const BareNames& bare) {
  Search search(tables, bare);
  search.Look(TokenizeSql(sql), false);
  return search.Result();
}

std::vector<Mention> FindMentionsInText(std::string_view text,
                                        const std::vector<pg::QualifiedName>& tables,
                                        const BareNames& bare) {
  std::string plain(text);
  for (char& c : plain)
    if (c == '\'' || c == '"' || c == '`' || c == '$') c = ' ';
  Search search(tables, bare);
  search.Look(TokenizeSql(plain), true);
  return search.Result();
}

std::vector<std::string> ParseSearchPath(std::string_view text) {
  std::vector<std::string> schemas;
  size_t at = 0;
  while (at < text.size()) {
    std::string schema;
    for (bool quoted = false; at < text.size() && (quoted || text[at] != ','); ++at) {
      if (text[at] == '"')
        quoted = !quoted;
      else if (quoted)
        schema.push_back(text[at]);
      else if (!absl::ascii_isspace(static_cast<unsigned char>(text[at])))
        schema.push_back(absl::ascii_tolower(static_cast<unsigned char>(text[at])));
      // A doubled quote inside quotes closes and opens again; the quote itself is part of the name.
      if (text[at] == '"' && quoted && at > 0 && text[at - 1] == '"' && !schema.empty())
        schema.push_back('"');
    }
    ++at;
    if (!schema.empty()) schemas.push_back(std::move(schema));
  }
  return schemas;
}

}  // namespace regraft::catalog
