// Reads YAML maps key by key, and goes on after a mistake, so that one run finds all of them.
// Internal to this folder.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/plan/plan.h"
#include "yaml-cpp/yaml.h"

#include "absl/status/status.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regraft::plan {

// What is wrong with a file, each with its place.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void Add(Place place, std::string what);
  // One line per problem, "plan.yaml:3:5: …", by place; OK if there is none. Its kind is kBadPlan.
  [[nodiscard]] absl::Status status() const;

 private:
  std::string file_;
  std::vector<std::pair<Place, std::string>> found_;
};

Place PlaceOf(const YAML::Node& node);

// One map. Every key that is asked for is known from then on; Finish() reports all others.
class YamlMap {
 public:
  // `what` names the map in messages: "the merge action". A node that is no map is a problem.
  YamlMap(const YAML::Node& node, std::string what, Problems* problems);

  [[nodiscard]] bool ok() const { return node_.IsMap(); }
  [[nodiscard]] Place place() const { return PlaceOf(node_); }
  [[nodiscard]] const std::string& what() const { return what_; }
  Problems& problems() { return *problems_; }

  // What has a todo is refused as a whole, but can be read: required keys may be missing then, and
  // tables may lack their schema.
  void AllowMissing() { lenient_ = true; }
  [[nodiscard]] bool lenient() const { return lenient_; }

  // The value of a key, if it is there. A required one that is not there is a problem.
  std::optional<YAML::Node> Find(std::string_view key);
  std::optional<YAML::Node> Require(std::string_view key);

  // Values of a kind; what is of another kind is a problem, and reads as absent.
  std::string Text(std::string_view key, bool required = false);
  bool Flag(std::string_view key);
  int64_t Whole(std::string_view key, int64_t otherwise);
  // "7d", "36h", "30m", in seconds.
  int64_t Duration(std::string_view key, int64_t otherwise);
  std::optional<pg::QualifiedName> Relation(std::string_view key, bool required = false);
  std::vector<std::string> TextList(std::string_view key, bool required = false);
  // The pairs of a map, in their order.
  std::vector<std::pair<std::string, YAML::Node>> Pairs(std::string_view key);
  // One of `words`; its index, or 0 where the key is absent.
  size_t Word(std::string_view key, const std::vector<std::string_view>& words);

  // Reports the keys that nobody asked for, each with the nearest known one.
  void Finish();

 private:
  YAML::Node node_;
  std::string what_;
  Problems* problems_;
  bool lenient_ = false;
  std::vector<std::string> known_;  // in the order asked
};

// A scalar as text; a problem (and nullopt) if it is none.
std::optional<std::string> ReadScalar(const YAML::Node& node, std::string_view what,
                                      Problems* problems);
// A key's text; nothing if it is a list or a map.
std::optional<std::string> KeyText(const YAML::Node& key);
// A relation name with its schema; a problem otherwise.
std::optional<pg::QualifiedName> ReadRelation(const YAML::Node& node, std::string_view what,
                                              Problems* problems);
// A list of maps, each after a dash; a problem otherwise. `what` names it in messages.
std::vector<YAML::Node> ReadMaps(const YAML::Node& node, std::string_view what, Problems* problems);

// A word that may begin an item of a list, and what it means.
template <typename Kind>
struct KindName {
  Kind kind;
  std::string_view word;
};
// A key of an item may be another kind's word too: the kind is its first word, as it is written.
// None: a problem that suggests one of `words`. `item`: "an audit".
std::optional<size_t> FindFirstWord(const YAML::Node& node, std::string_view item,
                                    const std::vector<std::string_view>& words, Problems* problems);
template <typename Names>
auto FindKind(const YAML::Node& node, std::string_view item, const Names& names, Problems* problems)
    -> std::optional<decltype(names[0].kind)> {
  std::vector<std::string_view> words;
  words.reserve(names.size());
  for (const auto& name : names) words.push_back(name.word);
  const auto index = FindFirstWord(node, item, words, problems);
  if (!index.has_value()) return std::nullopt;
  return names[*index].kind;
}
template <typename Names, typename Kind>
std::string_view WordOf(const Names& names, Kind kind) {
  for (const auto& name : names)
    if (name.kind == kind) return name.word;
  return "";
}

struct SecondId {
  std::string_view item, id;
  Place first;
};
void AddSecondId(Place place, const SecondId& second, Problems* problems);

// How messages call a list and one of its items: "\"audits\"", "audit".
struct ListWords {
  std::string_view list, item;
};
// Items with an id, each read by `read(node, problems)`, which gives none after a mistake. An id
// that is there twice is a problem.
template <typename Read>
auto ReadItems(const YAML::Node& node, const ListWords& words, Problems* problems, const Read& read)
    -> std::vector<typename decltype(read(node, problems))::value_type> {
  std::vector<typename decltype(read(node, problems))::value_type> items;
  std::map<std::string, Place> seen;
  for (const YAML::Node& map : ReadMaps(node, words.list, problems)) {
    auto item = read(map, problems);
    if (!item.has_value()) continue;
    const auto [other, is_new] = seen.emplace(item->id, item->place);
    if (!is_new) AddSecondId(item->place, {words.item, item->id, other->second}, problems);
    items.push_back(*std::move(item));
  }
  return items;
}

// The columns by which two tables belong together; none is a problem.
std::vector<ColumnPair> ReadJoin(YamlMap* map);

}  // namespace regraft::plan
