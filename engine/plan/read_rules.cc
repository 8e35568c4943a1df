#include "engine/plan/read_rules.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <string>
#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

// Pairs whose values are scalars.
std::vector<std::pair<std::string, std::string>> ScalarPairs(YamlMap* map, std::string_view key) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, node] : map->Pairs(key)) {
    const std::string what = absl::StrCat("the value of \"", name, "\"");
    if (auto value = ReadScalar(node, what, &map->problems())) pairs.emplace_back(name, *value);
  }
  return pairs;
}

void ReadMapped(const std::string& key, const YAML::Node& node, Problems* problems, ValueMap* map) {
  std::optional<std::string> value;
  if (!node.IsNull()) {
    value = ReadScalar(node, absl::StrCat("the value of \"", key, "\""), problems);
    if (!value.has_value()) return;
  }
  if (key != "*" && key != "\\N") {
    map->pairs.emplace_back(key, std::move(value));
  } else if (!value.has_value()) {
    problems->Add(PlaceOf(node), absl::StrCat("the value of \"", key, "\" must not be null"));
  } else {
    (key == "*" ? map->otherwise : map->when_null) = std::move(value);
  }
}

// error_type: {from: reason, values: {a: x, "*": y}}
ValueMap ReadValueMap(const std::string& target, const YAML::Node& node, Problems* problems) {
  ValueMap read;
  read.target = target;
  YamlMap map(node, absl::StrCat("the map of \"", target, "\""), problems);
  read.source = map.Text("from", /*required=*/true);
  const auto values = map.Pairs("values");
  for (const auto& [key, value] : values) ReadMapped(key, value, problems, &read);
  if (values.empty() && map.ok())
    problems->Add(map.place(),
                  absl::StrCat(map.what(), " needs \"values\", such as {a: x, \"*\": y}"));
  map.Finish();
  return read;
}

// A literal, or {sql: an expression over s}.
Fill ReadFill(const std::string& column, const YAML::Node& node, Problems* problems,
              std::string_view key = "fill") {
  const std::string what = absl::StrCat("the ", AsAbsl(key), " of \"", column, "\"");
  Fill fill{.column = column, .value = "", .is_sql = node.IsMap()};
  if (!fill.is_sql) {
    fill.value = ReadScalar(node, what, problems).value_or("");
    return fill;
  }
  YamlMap map(node, what, problems);
  fill.value = map.Text("sql", /*required=*/true);
  map.Finish();
  return fill;
}

// source_column: target_column, or target_column: {sql: an expression over s}
JoinColumn ReadJoinColumn(const std::string& name, const YAML::Node& node, Problems* problems) {
  const Fill other = ReadFill(name, node, problems, "join");
  if (other.is_sql) return {.target = name, .source = "", .sql = other.value};
  return {.target = other.value, .source = name, .sql = ""};
}

Mapping ReadMapping(YamlMap* map) {
  Mapping mapping;
  for (auto& [source, target] : ScalarPairs(map, "columns"))
    mapping.columns.push_back({source, target});
  for (auto& [column, value] : ScalarPairs(map, "set"))
    mapping.constants.push_back({column, value});
  for (const auto& [target, node] : map->Pairs("map"))
    mapping.value_maps.push_back(ReadValueMap(target, node, &map->problems()));
  for (const auto& [column, node] : map->Pairs("fill"))
    mapping.fills.push_back(ReadFill(column, node, &map->problems()));
  for (auto& [column, zone] : ScalarPairs(map, "zones")) mapping.zones.push_back({column, zone});
  mapping.mint_keys = map->Word("keys", {"keep", "mint"}) == 1;
  mapping.overflow = map->Text("overflow");
  mapping.wording = Wording::kPlanFile;
  mapping.where = map->Text("where");
  return mapping;
}

// Refusing and setting aside exclude each other; a table to set aside into says which is meant.
Conflict ReadConflict(YamlMap* map, std::string_view key, Action* action) {
  const bool remainder = map->Word(key, {"refuse", "remainder"}) == 1;
  action->remainder = map->Relation("remainder");
  return remainder || action->remainder.has_value() ? Conflict::kRemainder : Conflict::kRefuse;
}

}  // namespace

void ReadMerge(YamlMap* map, Action* action) {
  MergeRules rules{.mapping = ReadMapping(map)};
  rules.conflict = ReadConflict(map, "conflict", action);
  action->merge = std::move(rules);
}

void ReadFold(YamlMap* map, Action* action) {
  FoldRules rules;
  for (const auto& [name, node] : map->Pairs("join"))
    rules.join.push_back(ReadJoinColumn(name, node, &map->problems()));
  if (rules.join.empty() && !map->lenient())
    map->problems().Add(map->place(),
                        absl::StrCat(map->what(), " needs \"join\", such as {source_id: id}"));
  if (action->kind == ActionKind::kMergeJsonb)
    rules.column = map->Text("column", /*required=*/true);
  else
    rules.prefix = map->Text("prefix", /*required=*/true);
  const bool array = map->Word("several", {"refuse", "array"}) == 1;
  rules.several = array ? Several::kArray : Several::kRefuse;
  rules.unmatched = ReadConflict(map, "unmatched", action);
  action->fold = std::move(rules);
}

}  // namespace regraft::plan
