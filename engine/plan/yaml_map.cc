#include "engine/plan/yaml_map.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <tuple>

namespace regraft::plan {

void Problems::Add(Place place, std::string what) { found_.emplace_back(place, std::move(what)); }

absl::Status Problems::status() const {
  if (found_.empty()) return absl::OkStatus();
  auto sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.line, a.first.column) < std::tie(b.first.line, b.first.column);
  });
  std::string text;
  for (const auto& [place, what] : sorted)
    absl::StrAppend(&text, text.empty() ? "" : "\n", file_, ":", place.line, ":", place.column,
                    ": ", what);
  return BadPlan(text);
}

Place PlaceOf(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  return {mark.line + 1, mark.column + 1};
}

std::optional<std::string> ReadScalar(const YAML::Node& node, std::string_view what,
                                      Problems* problems) {
  if (node.IsScalar()) return node.Scalar();
  problems->Add(PlaceOf(node), absl::StrCat(AsAbsl(what), " must be a single value"));
  return std::nullopt;
}

// The parser takes a key that is written `null` for YAML's null and keeps no text of it. Here it is
// that word: the kind of an audit.
std::optional<std::string> KeyText(const YAML::Node& key) {
  if (key.IsNull()) return "null";
  return key.IsScalar() ? std::optional(key.Scalar()) : std::nullopt;
}

std::optional<pg::QualifiedName> ReadRelation(const YAML::Node& node, std::string_view what,
                                              Problems* problems) {
  const auto text = ReadScalar(node, what, problems);
  if (!text.has_value()) return std::nullopt;
  const auto name = pg::ParseQualifiedName(*text);
  if (!name.ok()) {
    problems->Add(PlaceOf(node), absl::StrCat(AsAbsl(what), ": ", name.status().message()));
    return std::nullopt;
  }
  if (!name->schema.empty()) return *name;
  problems->Add(PlaceOf(node), absl::StrCat(AsAbsl(what), " ", *text,
                                            " needs its schema: a search path must not decide "
                                            "which table is meant; write schema.",
                                            *text));
  return std::nullopt;
}

std::vector<YAML::Node> ReadMaps(const YAML::Node& node, std::string_view what,
                                 Problems* problems) {
  std::vector<YAML::Node> maps;
  if (!node.IsSequence()) {
    problems->Add(PlaceOf(node), absl::StrCat(AsAbsl(what), " must be a list, each after a dash"));
    return maps;
  }
  for (const auto& item : node) maps.push_back(item);
  return maps;
}

YamlMap::YamlMap(const YAML::Node& node, std::string what, Problems* problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  if (!node_.IsMap()) {
    problems_->Add(place(), absl::StrCat(what_, " must be a map of keys and values"));
    return;
  }
  std::set<std::string> seen;
  for (const auto& pair : node_) {
    const auto key = KeyText(pair.first);
    if (!key.has_value()) problems_->Add(PlaceOf(pair.first), "a key must be a single value");
    if (key.has_value() && !seen.insert(*key).second)
      problems_->Add(PlaceOf(pair.first), absl::StrCat(what_, " has \"", *key, "\" twice"));
  }
}

std::optional<YAML::Node> YamlMap::Find(std::string_view key) {
  known_.emplace_back(key);
  if (!ok()) return std::nullopt;
  for (const auto& pair : node_)
    if (KeyText(pair.first) == key) return pair.second;
  return std::nullopt;
}

std::optional<YAML::Node> YamlMap::Require(std::string_view key) {
  auto found = Find(key);
  if (!found.has_value() && ok() && !lenient_)
    problems_->Add(place(), absl::StrCat(what_, " needs the key \"", AsAbsl(key), "\""));
  return found;
}

std::string YamlMap::Text(std::string_view key, bool required) {
  const auto node = required ? Require(key) : Find(key);
  if (!node.has_value() || (lenient_ && node->IsNull())) return "";
  auto text = ReadScalar(*node, absl::StrCat("\"", AsAbsl(key), "\""), problems_);
  if (required && text.has_value() && text->empty() && !lenient_)
    problems_->Add(PlaceOf(*node), absl::StrCat("\"", AsAbsl(key), "\" must not be empty"));
  return text.value_or("");
}

bool YamlMap::Flag(std::string_view key) {
  constexpr size_t kTrue = 1;
  return Word(key, {"false", "true"}) == kTrue;
}

int64_t YamlMap::Whole(std::string_view key, int64_t otherwise) {
  const auto node = Find(key);
  if (!node.has_value()) return otherwise;
  int64_t number = 0;
  if (node->IsScalar() && absl::SimpleAtoi(node->Scalar(), &number) && number >= 0) return number;
  problems_->Add(PlaceOf(*node), absl::StrCat("\"", AsAbsl(key), "\" must be a whole number"));
  return otherwise;
}

int64_t YamlMap::Duration(std::string_view key, int64_t otherwise) {
  constexpr int64_t kNumberMax = 100'000;
  const std::string text = Text(key);
  if (text.empty()) return otherwise;
  int64_t number = 0;
  const bool is_number = absl::SimpleAtoi(text.substr(0, text.size() - 1), &number);
  if (is_number && number > 0 && number < kNumberMax) {
    if (text.back() == 'd') return number * 24 * 3600;
    if (text.back() == 'h') return number * 3600;
    if (text.back() == 'm') return number * 60;
  }
  problems_->Add(place(), absl::StrCat("\"", AsAbsl(key),
                                       "\" is a duration such as 7d, 36h or 30m, "
                                       "not \"",
                                       text, "\""));
  return otherwise;
}

std::optional<pg::QualifiedName> YamlMap::Relation(std::string_view key, bool required) {
  const auto node = required ? Require(key) : Find(key);
  if (!node.has_value() || (lenient_ && node->IsNull())) return std::nullopt;
  if (lenient_ && node->IsScalar())
    if (const auto name = pg::ParseQualifiedName(node->Scalar()); name.ok()) return *name;
  return ReadRelation(*node, absl::StrCat("\"", AsAbsl(key), "\""), problems_);
}

std::vector<std::string> YamlMap::TextList(std::string_view key, bool required) {
  std::vector<std::string> list;
  const auto node = required ? Require(key) : Find(key);
  if (!node.has_value()) return list;
  const std::string what = absl::StrCat("\"", AsAbsl(key), "\"");
  if (!node->IsSequence()) {
    problems_->Add(PlaceOf(*node), absl::StrCat(what, " must be a list, such as [a, b]"));
    return list;
  }
  for (const auto& item : *node)
    if (auto text = ReadScalar(item, absl::StrCat("an item of ", what), problems_))
      list.push_back(*std::move(text));
  return list;
}

std::vector<std::pair<std::string, YAML::Node>> YamlMap::Pairs(std::string_view key) {
  std::vector<std::pair<std::string, YAML::Node>> pairs;
  const auto node = Find(key);
  if (!node.has_value()) return pairs;
  const YamlMap map(*node, absl::StrCat("\"", AsAbsl(key), "\""), problems_);
  if (!map.ok()) return pairs;
  for (const auto& pair : *node) {
    if (pair.first.IsScalar())
      pairs.emplace_back(pair.first.Scalar(), pair.second);
    else if (pair.first.IsNull())
      problems_->Add(PlaceOf(pair.first),
                     "a key must not be null; put it in quotes if it is a word");
  }
  return pairs;
}

size_t YamlMap::Word(std::string_view key, const std::vector<std::string_view>& words) {
  const auto node = Find(key);
  if (!node.has_value()) return 0;
  const auto text = ReadScalar(*node, absl::StrCat("\"", AsAbsl(key), "\""), problems_);
  if (!text.has_value()) return 0;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  problems_->Add(PlaceOf(*node), absl::StrCat("\"", AsAbsl(key), "\" cannot be \"", *text, "\"",
                                              SuggestWord(*text, words)));
  return 0;
}

void YamlMap::Finish() {
  if (!ok()) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& pair : node_) {
    const auto key = KeyText(pair.first);
    if (key.has_value() && std::find(known.begin(), known.end(), *key) == known.end())
      problems_->Add(PlaceOf(pair.first),
                     absl::StrCat(what_, " has no key \"", *key, "\"", SuggestWord(*key, known)));
  }
}

std::optional<size_t> FindFirstWord(const YAML::Node& node, std::string_view item,
                                    const std::vector<std::string_view>& words,
                                    Problems* problems) {
  const auto first = node.begin();
  const std::string typed = first == node.end() ? "" : KeyText(first->first).value_or("");
  const auto found = std::find(words.begin(), words.end(), typed);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  problems->Add(PlaceOf(node), absl::StrCat(AsAbsl(item), " begins with its kind, not with \"",
                                            typed, "\"", SuggestWord(typed, words)));
  return std::nullopt;
}

void AddSecondId(Place place, const SecondId& second, Problems* problems) {
  problems->Add(
      place, absl::StrCat("the id \"", AsAbsl(second.id), "\" is that of the ", AsAbsl(second.item),
                          " in line ", second.first.line, " too; give one of them an \"id\""));
}

std::vector<ColumnPair> ReadJoin(YamlMap* map) {
  std::vector<ColumnPair> join;
  for (const auto& [column, node] : map->Pairs("join"))
    if (auto other = ReadScalar(node, "the other table's column", &map->problems()))
      join.push_back({column, *std::move(other)});
  if (join.empty() && !map->lenient())
    map->problems().Add(map->place(),
                        absl::StrCat(map->what(), " needs \"join\", such as {person_id: id}"));
  return join;
}

}  // namespace regraft::plan
