// Reads how rows are merged or folded into their target. Internal to this folder.
#pragma once

#include "engine/plan/plan.h"
#include "engine/plan/yaml_map.h"

namespace regraft::plan {

// Sets action->merge and action->remainder.
void ReadMerge(YamlMap* map, Action* action);
// Sets action->fold and action->remainder. REQUIRES: the kind has been read.
void ReadFold(YamlMap* map, Action* action);

}  // namespace regraft::plan
