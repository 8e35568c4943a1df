// From a plan and a database to a saved plan: every decision made, every refusal found in one run.
// Reads only; rights to read suffice.
#pragma once

#include "engine/pg/connection.h"
#include "engine/plan/plan.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <functional>
#include <string>
#include <vector>

namespace regraft::resolution {

struct ResolveOptions {
  std::string plan_text;  // the plan file, kept in the saved plan
  std::string tool;       // "regraft 0.2.0"
  std::string planner;
  // Answers from the ledger; those of the plan file are added.
  std::vector<saved_plan::SavedAnswer> answers;
  bool estimate = false;                        // the planner's row counts; no row is read
  bool prove_mapping = false;                   // rebuild every source row from its forward image
  std::function<void(const std::string&)> say;  // progress; may be empty
};

// Refusals are findings of the result, not errors. Errors: the server's.
absl::StatusOr<saved_plan::SavedPlan> ResolvePlan(const plan::Plan& plan,
                                                  const ResolveOptions& options,
                                                  const pg::ConnectOptions& connect);

}  // namespace regraft::resolution
