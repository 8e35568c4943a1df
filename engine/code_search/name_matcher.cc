#include "engine/code_search/name_matcher.h"

#include <algorithm>
#include <optional>

namespace regraft::code_search {
namespace {

// Names of PostgreSQL: letters of any script are bytes from 128 up.
constexpr std::array<bool, 256> MakeNameBytes() {
  std::array<bool, 256> is{};
  for (size_t c = 0; c < 256; ++c)
    is[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '_' || c == '$' || c >= 128;
  return is;
}
constexpr std::array<bool, 256> kNameByte = MakeNameBytes();

bool IsNameByte(char c) { return kNameByte[static_cast<unsigned char>(c)]; }
bool IsQuote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string Folded(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(), Lower);
  return folded;
}

// A name beside a dot. Quoted: without its quotes, a doubled one made single.
struct Part {
  std::string_view text;
  size_t begin = 0;  // where it begins in the text, quotes included
  bool quoted = false;

  [[nodiscard]] std::string Name() const {
    std::string name(text);
    if (!quoted) return name;
    for (size_t at = name.find("\"\""); at != std::string::npos; at = name.find("\"\"", at + 1))
      name.erase(at, 1);
    return name;
  }
};

// In a language's own string the quotes carry backslashes: \"app\".\"orders\".
Part EscapedAfter(std::string_view text, size_t at) {
  const char closing[] = {'\\', text[at]};
  constexpr size_t kFarthest = 256;  // four bytes for each of a name's 63; no further search
  const size_t end = text.substr(0, at + kFarthest).find(std::string_view(closing, 2), at + 1);
  if (end == std::string_view::npos) return {};
  return {text.substr(at + 1, end - at - 1), at, true};
}

Part QuotedAfter(std::string_view text, size_t at) {
  const char quote = text[at];
  size_t end = at + 1;
  for (; end < text.size() && text[end] != '\n'; ++end) {
    if (text[end] != quote) continue;
    if (quote != '"' || end + 1 >= text.size() || text[end + 1] != quote) break;
    ++end;
  }
  if (end >= text.size() || text[end] != quote) return {};
  return {text.substr(at + 1, end - at - 1), at, true};
}

Part PartAfter(std::string_view text, size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  if (at + 1 < text.size() && text[at] == '\\' && IsQuote(text[at + 1]))
    return EscapedAfter(text, at + 1);
  if (at >= text.size()) return {};
  if (IsQuote(text[at])) return QuotedAfter(text, at);
  size_t end = at;
  while (end < text.size() && IsNameByte(text[end])) ++end;
  return {text.substr(at, end - at), at, false};
}

// `at` is the closing quote.
Part QuotedBefore(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool escaped = at > 0 && text[at - 1] == '\\';
  const size_t end = escaped ? at - 1 : at;
  size_t begin = end;
  while (begin > 0 && text[begin - 1] != '\n') {
    if (text[begin - 1] == quote) {
      if (quote != '"' || begin < 2 || text[begin - 2] != quote) break;
      --begin;
    }
    --begin;
  }
  if (begin == 0 || text[begin - 1] != quote) return {};
  return {text.substr(begin, end - begin), begin - 1, true};
}

Part PartBefore(std::string_view text, size_t dot) {
  size_t end = dot;
  while (end > 0 && IsBlank(text[end - 1])) --end;
  if (end == 0) return {};
  if (IsQuote(text[end - 1])) return QuotedBefore(text, end - 1);
  size_t begin = end;
  while (begin > 0 && IsNameByte(text[begin - 1])) --begin;
  return {text.substr(begin, end - begin), begin, false};
}

std::string Key(const std::string& schema, const std::string& name) {
  std::string key = schema;
  key.push_back('\0');
  return key.append(name);
}

template <typename Keys>
std::optional<size_t> Look(const Keys& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found == keys.end() ? std::nullopt : std::optional<size_t>(found->second);
}

// What stands before a name without its quote and backslash is a dot: another schema's, or a
// column.
bool StandsBehindDot(std::string_view text, size_t begin) {
  while (begin > 0 && (IsQuote(text[begin - 1]) || text[begin - 1] == '\\')) --begin;
  while (begin > 0 && IsBlank(text[begin - 1])) --begin;
  return begin > 0 && text[begin - 1] == '.';
}

}  // namespace

NameMatcher::NameMatcher(const std::vector<pg::QualifiedName>& names,
                         const std::vector<size_t>& bare) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].name.empty()) continue;
    qualified_.emplace(Key(names[i].schema, names[i].name), i);
    const auto first = static_cast<unsigned char>(names[i].name[0]);
    first_of_name_[first] = true;
    // Upper case only where the name could have been written so: unquoted names fold.
    if (first >= 'a' && first <= 'z') first_of_name_[first - 'a' + 'A'] = true;
  }
  for (const size_t i : bare) bare_.emplace(names[i].name, i);
}

std::vector<NameMatcher::Match> NameMatcher::Find(std::string_view text) const {
  std::vector<Match> matches;
  FindQualified(text, &matches);
  if (!bare_.empty()) FindBare(text, &matches);
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bare < b.bare;
  });
  return matches;
}

void NameMatcher::FindQualified(std::string_view text, std::vector<Match>* matches) const {
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
    const Part name = PartAfter(text, dot + 1);
    if (name.text.empty() || !first_of_name_[static_cast<unsigned char>(name.text[0])]) continue;
    const Part schema = PartBefore(text, dot);
    if (schema.text.empty()) continue;
    auto found = Look(qualified_, Key(schema.Name(), name.Name()));
    if (!found.has_value())
      found = Look(qualified_, Key(schema.quoted ? schema.Name() : Folded(schema.text),
                                   name.quoted ? name.Name() : Folded(name.text)));
    if (found.has_value()) matches->push_back({schema.begin, *found, false});
  }
}

void NameMatcher::FindBare(std::string_view text, std::vector<Match>* matches) const {
  for (size_t at = 0; at < text.size();) {
    if (!IsNameByte(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && IsNameByte(text[at])) ++at;
    if (!first_of_name_[static_cast<unsigned char>(text[begin])]) continue;
    const std::string_view word = text.substr(begin, at - begin);
    auto found = Look(bare_, std::string(word));
    if (!found.has_value()) found = Look(bare_, Folded(word));
    if (found.has_value() && !StandsBehindDot(text, begin))
      matches->push_back({begin, *found, true});
  }
}

}  // namespace regraft::code_search
