// A saved plan as SQL: what would be executed, for people who read SQL.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <string>

namespace regraft::cli {

// Statements of ready actions, each with what takes it back as a comment; what moves rows, and what
// is blocked or refused, stands in comments. Nothing from a name can leave its comment.
std::string PlanSql(const saved_plan::SavedPlan& plan);

}  // namespace regraft::cli
