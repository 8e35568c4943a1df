// Reads the list of repairs. Internal to this folder.
#pragma once

#include "engine/plan/repair.h"
#include "engine/plan/yaml_map.h"

#include <vector>

namespace regraft::plan {

// Every repair has an id afterwards; an id that is there twice is a problem.
std::vector<Repair> ReadRepairs(const YAML::Node& list, Problems* problems);

}  // namespace regraft::plan
