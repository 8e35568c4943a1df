// Reads a plan file.
#pragma once

#include "engine/plan/plan.h"

#include "absl/status/statusor.h"

#include <string>

namespace regraft::plan {

// `text` is YAML; `file` names it in errors. The error lists everything that is wrong, one line
// each, "plan.yaml:3:5: …", with the nearest valid word for a mistyped one; its kind is kBadPlan.
absl::StatusOr<Plan> ReadPlan(const std::string& text, const std::string& file);

}  // namespace regraft::plan
