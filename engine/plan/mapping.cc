#include "engine/plan/mapping.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <array>

namespace regraft::plan {
namespace {

constexpr std::array<std::string_view, 3> kHazards = {kTriggerFires, kTriggersSuppressed,
                                                      kNoProvenance};
constexpr std::array<std::string_view, 4> kPlanHazards = {kNarrowingCast, kMissingUsage,
                                                          kTextualDependents, kDeletedByFunction};

absl::StatusOr<std::pair<std::string, std::string>> CutAtEquals(const std::string& flag,
                                                                std::string_view name,
                                                                std::string_view form) {
  const size_t at = flag.find('=');
  if (at == std::string::npos || at == 0)
    return BadPlan(absl::StrCat(AsAbsl(name), " ", flag, ": expected ", AsAbsl(form)));
  return std::make_pair(flag.substr(0, at), flag.substr(at + 1));
}

struct MapObject {
  nlohmann::ordered_json json;          // discarded: the text is no JSON
  std::optional<std::string> repeated;  // a key that is there twice; `json` keeps one of the two
};

MapObject ParseMapObject(const std::string& text) {
  using Json = nlohmann::ordered_json;
  MapObject object;
  std::set<std::string> keys;
  const auto note_repeated = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key &&
        !keys.insert(parsed.get<std::string>()).second)
      object.repeated = parsed.get<std::string>();
    return true;
  };
  object.json = Json::parse(text, note_repeated, /*allow_exceptions=*/false);
  return object;
}

absl::Status AddPair(const std::string& key, const nlohmann::ordered_json& value, ValueMap* map) {
  if (!value.is_string() && !value.is_null())
    return BadPlan(absl::StrCat("--map ", map->target, ": the value of \"", key,
                                "\" must be a JSON string or null, not ", value.dump()));
  const std::optional<std::string> text =
      value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
  if (key != "*" && key != "\\N") {
    map->pairs.emplace_back(key, text);
    return absl::OkStatus();
  }
  if (!text.has_value())
    return BadPlan(
        absl::StrCat("--map ", map->target, ": the value of \"", key, "\" must be a string"));
  (key == "*" ? map->otherwise : map->when_null) = text;
  return absl::OkStatus();
}

}  // namespace

bool ValueMap::Injective() const {
  if (otherwise.has_value()) return false;
  std::vector<std::optional<std::string>> values;
  values.reserve(pairs.size() + 1);
  for (const auto& [key, value] : pairs) values.push_back(value);
  values.push_back(when_null);  // nullopt: NULL stays NULL
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) == values.end();
}

std::string MappingKey(Wording wording, std::string_view key, std::string_view column) {
  return absl::StrCat(wording == Wording::kFlags ? "--" : "", AsAbsl(key),
                      wording == Wording::kFlags ? " " : ": ", AsAbsl(column));
}

std::string RenameKey(Wording wording, std::string_view source, std::string_view target) {
  if (wording == Wording::kFlags)
    return absl::StrCat("--column ", AsAbsl(source), "=", AsAbsl(target));
  return absl::StrCat("columns: {", AsAbsl(source), ": ", AsAbsl(target), "}");
}

std::string DiscriminatorWords(const Mapping& mapping) {
  return absl::StrJoin(mapping.constants, ", ", [](std::string* out, const Constant& constant) {
    absl::StrAppend(out, constant.column, "=", constant.value);
  });
}

absl::StatusOr<Constant> ParseConstant(const std::string& flag) {
  ASSIGN_OR_RETURN(auto parts,
                   CutAtEquals(flag, "--set", "column=value, such as --set origin=2023"));
  return Constant{std::move(parts.first), std::move(parts.second)};
}

absl::StatusOr<ColumnPair> ParseColumnPair(const std::string& flag) {
  ASSIGN_OR_RETURN(auto parts,
                   CutAtEquals(flag, "--column", "source=target, such as --column id=order_id"));
  return ColumnPair{std::move(parts.first), std::move(parts.second)};
}

absl::StatusOr<ValueMap> ParseValueMap(const std::string& flag) {
  constexpr std::string_view kForm = R"(target=source:{"a":"x","b":"y","*":"z"})";
  ASSIGN_OR_RETURN(auto parts, CutAtEquals(flag, "--map", kForm));
  const std::string& rest = parts.second;
  size_t brace = rest.find(":{");
  if (brace == std::string::npos || brace == 0)
    return BadPlan(absl::StrCat("--map ", flag, ": expected ", AsAbsl(kForm)));
  MapObject object;
  // A column's name may hold ":{" too: the map begins where the rest of the flag is an object.
  for (; brace != std::string::npos; brace = rest.find(":{", brace + 1))
    if (object = ParseMapObject(rest.substr(brace + 1)); object.json.is_object()) break;
  if (!object.json.is_object() || object.json.empty())
    return BadPlan(
        absl::StrCat("--map ", flag, ": what follows the colon is not a JSON object with entries"));
  if (object.repeated.has_value())
    return BadPlan(
        absl::StrCat("--map ", parts.first, ": the key \"", *object.repeated, "\" is there twice"));
  ValueMap map{.target = parts.first, .source = rest.substr(0, brace)};
  for (const auto& [key, value] : object.json.items()) RETURN_IF_ERROR(AddPair(key, value, &map));
  return map;
}

absl::Status CheckHazardName(const std::string& name) {
  if (std::find(kHazards.begin(), kHazards.end(), name) != kHazards.end()) return absl::OkStatus();
  return BadPlan(absl::StrCat(
      "--allow ", name, ": no such hazard; one of ",
      absl::StrJoin(kHazards, ", ",
                    [](std::string* out, std::string_view hazard) { out->append(hazard); })));
}

std::vector<std::string_view> HazardNames() {
  std::vector<std::string_view> names(kHazards.begin(), kHazards.end());
  names.insert(names.end(), kPlanHazards.begin(), kPlanHazards.end());
  return names;
}

}  // namespace regraft::plan
