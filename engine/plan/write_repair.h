// Writes repairs as YAML: items of the plan file.
#pragma once

#include "engine/plan/repair.h"

#include <string>

namespace regraft::plan {

std::string WriteRepair(const Repair& repair);

}  // namespace regraft::plan
