// A first plan for tables that exist: what can be known from the catalog, and todos for the rest.
#pragma once

#include "engine/catalog/table.h"
#include "engine/plan/plan.h"
#include "engine/plan/write_plan.h"

#include <vector>

namespace regraft::analysis {

struct Proposal {
  plan::Plan plan;
  plan::PlanComments comments;  // columns without home, casts, what the target demands
};

// One merge for each source. A discriminator is proposed only where the names leave no doubt.
Proposal ProposeMerges(const std::vector<catalog::Table>& sources, const catalog::Table& target);

}  // namespace regraft::analysis
