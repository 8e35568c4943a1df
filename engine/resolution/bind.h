// From the actions of a plan to work: questions that are answered become their actions, names
// become tables, and what contradicts itself is refused.
#pragma once

#include "engine/resolution/work.h"

#include <vector>

namespace regraft::resolution {

// The actions that a plan comes to, with its answers; owns what the questions' options add.
struct BoundPlan {
  std::vector<plan::Action> actions;
  std::vector<saved_plan::SavedAnswer> answers;
  std::vector<saved_plan::Finding> findings;
};
BoundPlan Answer(const plan::Plan& plan, const std::vector<saved_plan::SavedAnswer>& ledger);

absl::StatusOr<std::vector<Work>> Bind(Run* run, const std::vector<plan::Action>& actions);

// Tables that no action may change, tables, names and columns that two actions want, todos. Returns
// what is no action's.
absl::StatusOr<std::vector<saved_plan::Finding>> CheckContradictions(Run* run,
                                                                     std::vector<Work>* works);

// What waits for an undecided question, and for what waits.
void Block(std::vector<Work>* works, const std::vector<saved_plan::SavedAnswer>& answers);

}  // namespace regraft::resolution
