// Reads a number of rows with its tolerance. Internal to this folder.
#pragma once

#include "engine/plan/place.h"
#include "engine/plan/yaml_map.h"

#include <optional>
#include <string_view>

namespace regraft::plan {

// `310`, or {rows: 310, tolerance: 10} or 5%; nullopt where the key is absent.
std::optional<ExpectedRows> ReadExpected(YamlMap* map, std::string_view key);

}  // namespace regraft::plan
