// A saved plan for people on a terminal: no colour, at most 100 columns but for words that are
// longer. Every control character in it is escaped.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <string>

namespace regraft::cli {

// A block per preparation and action, the findings of the whole, and the summary. `verbose`: every
// column, and the SELECTs in full.
std::string PlanText(const saved_plan::SavedPlan& plan, bool verbose);

struct PlanFiles {
  std::string plan = "PLAN.yaml";
  std::string saved = "saved.json";
};
// What to cure, to answer, or to type next; ends with a newline. A plan that is not to be saved has
// no `saved`.
std::string NextCommand(const saved_plan::SavedPlan& plan, const PlanFiles& files);

}  // namespace regraft::cli
