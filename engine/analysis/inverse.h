// The way back: for each source column the SQL that rebuilds it from the target. "No inverse, no
// merge" is decided by FindHomes(); here it is written down.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/analysis/homes.h"
#include "engine/analysis/type_pair.h"

#include <map>
#include <string>
#include <vector>

namespace regraft::analysis {

struct InverseInput {
  const Homes& homes;
  const std::vector<TypePair>& pairs;               // one per typed home
  const std::vector<bool>& injective;               // one per value map
  const std::map<std::string, bool>& read_as_text;  // by source column
};

// Fills plan->back.inverse, back.inverse_own and source_homes, in source order. REQUIRES: the
// plan's written columns are complete, so that an inverse that is one of them is read once.
void AddInverses(const InverseInput& input, CopyPlan* plan);

}  // namespace regraft::analysis
