// Reads one action of a plan file. Internal to this folder.
#pragma once

#include "engine/plan/plan.h"
#include "engine/plan/yaml_map.h"

#include <vector>

namespace regraft::plan {

// Problems go to `problems`; what is returned is then incomplete. `about`: the table that a
// question is about, where the actions are its options; otherwise null.
std::vector<Action> ReadActions(const YAML::Node& list, const pg::QualifiedName* about,
                                Problems* problems);

// Gives every action without an id one made of its kind and source; two of the same id are a
// problem.
void NameActions(std::vector<Action>* actions, Problems* problems);

}  // namespace regraft::plan
