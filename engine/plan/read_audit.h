// Reads the list of audits. Internal to this folder.
#pragma once

#include "engine/plan/audit.h"
#include "engine/plan/yaml_map.h"

#include <vector>

namespace regraft::plan {

// Every audit has an id afterwards; an id that is there twice is a problem.
std::vector<Audit> ReadAudits(const YAML::Node& list, Problems* problems);

}  // namespace regraft::plan
