// A plan's action by its id, those of a question's options included.
#pragma once

#include "engine/plan/plan.h"

#include <optional>
#include <string>

namespace regraft::plan {

// An option's action without an id of its own is known as QUESTION/OPTION, and as
// QUESTION/OPTION-N where the option has several.
std::optional<Action> FindAction(const Plan& plan, const std::string& id);

}  // namespace regraft::plan
