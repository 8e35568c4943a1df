// Writes a plan as the file that ReadPlan reads.
#pragma once

#include "engine/plan/plan.h"

#include <string>
#include <vector>

namespace regraft::plan {

// What stands in the file for its reader and not for the program: lines without their "# ".
struct PlanComments {
  std::vector<std::string> head;
  std::vector<std::string> reconciliation;
  std::vector<std::vector<std::string>> actions;  // in front of each action; may be shorter
};

// Keys whose value is their default are left out. For every plan that ReadPlan could give:
// ReadPlan(WritePlan(plan)) is that plan, but for places.
std::string WritePlan(const Plan& plan, const PlanComments& comments);

}  // namespace regraft::plan
