// What on the target could change, drop or multiply the rows we send: triggers and rules.
#pragma once

#include "engine/analysis/copy_plan.h"

#include "absl/status/status.h"

#include <string>
#include <vector>

namespace regraft::analysis {

enum class RowEvent { kInsert, kUpdate };

// The enabled triggers, and for INSERT the rules, that act on rows of `target`, each as words.
// `as_replica`: under session_replication_role = replica.
std::vector<std::string> ActingOn(const catalog::Table& target, RowEvent event, bool as_replica);

// Sets plan->suppress_triggers. Errors: BadPlan that names every trigger and rule in the way and
// the hazards that would allow them; overlapping source and target.
absl::Status CheckHazards(CopyPlan* plan);

}  // namespace regraft::analysis
