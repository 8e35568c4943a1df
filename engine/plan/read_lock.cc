#include "engine/plan/read_lock.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

std::string ReadLeafType(YamlMap* map) {
  const auto node = map->Require("leaf_type");
  if (!node.has_value() || (map->lenient() && node->IsNull())) return "";
  const std::vector<std::string_view> words(kLeafTypes.begin(), kLeafTypes.end());
  return std::string(words[map->Word("leaf_type", words)]);
}

Leaf ReadLeaf(const YAML::Node& node, Problems* problems) {
  YamlMap map(node, "a leaf", problems);
  Leaf leaf{.place = map.place()};
  leaf.todo = map.TextList("todo");
  if (!leaf.todo.empty()) map.AllowMissing();
  if (const auto table = map.Relation("table", /*required=*/true)) leaf.table = *table;
  leaf.sub_hub = map.Text("sub_hub", /*required=*/true);
  leaf.leaf_type = ReadLeafType(&map);
  leaf.path = map.Text("path");
  map.Finish();
  return leaf;
}

LeafCardinality ReadCardinality(const YAML::Node& node, Problems* problems) {
  YamlMap map(node, "a cardinality", problems);
  LeafCardinality read{.place = map.place(), .leaf_type = ReadLeafType(&map)};
  read.min = map.Whole("min", 0);
  if (map.Find("max").has_value()) read.max = map.Whole("max", 0);
  read.sub_hubs = map.TextList("sub_hubs");
  if (read.max.has_value() && read.min > *read.max)
    problems->Add(map.place(), "\"min\" is greater than \"max\"");
  map.Finish();
  return read;
}

// One table is one leaf: two entries could disagree.
void CheckTables(const std::vector<Leaf>& leaves, Problems* problems) {
  std::map<std::pair<std::string, std::string>, Place> seen;
  for (const Leaf& leaf : leaves) {
    if (leaf.table.name.empty()) continue;
    const auto [other, is_new] =
        seen.emplace(std::pair(leaf.table.schema, leaf.table.name), leaf.place);
    if (!is_new && leaf.todo.empty())
      problems->Add(leaf.place, absl::StrCat(pg::DisplayName(leaf.table), " is a leaf in line ",
                                             other->second.line, " already"));
  }
}

}  // namespace

Lock ReadLock(const YAML::Node& node, Problems* problems) {
  YamlMap map(node, "\"lock\"", problems);
  Lock lock{.place = map.place()};
  lock.todo = map.TextList("todo");
  if (!lock.todo.empty()) map.AllowMissing();
  lock.schemas = map.TextList("schemas", /*required=*/true);
  if (const auto leaves = map.Find("leaves"))
    for (const YAML::Node& leaf : ReadMaps(*leaves, "\"leaves\"", problems))
      lock.leaves.push_back(ReadLeaf(leaf, problems));
  if (const auto rules = map.Find("cardinality"))
    for (const YAML::Node& rule : ReadMaps(*rules, "\"cardinality\"", problems))
      lock.cardinality.push_back(ReadCardinality(rule, problems));
  CheckTables(lock.leaves, problems);
  map.Finish();
  return lock;
}

}  // namespace regraft::plan
