// Reads the question of a pending action. Internal to this folder.
#pragma once

#include "engine/plan/plan.h"
#include "engine/plan/yaml_map.h"

namespace regraft::plan {

// Sets action->question. REQUIRES: the source has been read.
void ReadQuestion(YamlMap* map, Action* action);

}  // namespace regraft::plan
