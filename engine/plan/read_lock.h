// Reads what the leaf lock shall hold. Internal to this folder.
#pragma once

#include "engine/plan/lock.h"
#include "engine/plan/yaml_map.h"

namespace regraft::plan {

Lock ReadLock(const YAML::Node& node, Problems* problems);

}  // namespace regraft::plan
