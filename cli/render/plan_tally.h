// The numbers that sum up a saved plan.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::cli {

// Rows and bytes of the sources of some actions; each source once, whatever uses it.
struct Amount {
  int64_t rows = 0, bytes = 0;
  bool estimated = false;

  [[nodiscard]] std::string Words() const;  // "about 2,310 rows, 412 kB"
};

// Findings of one code: where they are, each place once; and how many they are.
struct CodeCount {
  std::string code;
  std::vector<std::string> places;  // ids of actions, tables of preparations; none: the whole plan
  int64_t findings = 0;
};

struct Tally {
  std::vector<std::pair<std::string, int64_t>> kinds;  // in the plan's order
  int64_t ready = 0, blocked = 0, refused = 0;
  Amount copied, in_place;
  int64_t refusals = 0, hazards = 0, notes = 0;
  std::vector<CodeCount> refusal_codes, hazard_codes;
};
Tally TallyOf(const saved_plan::SavedPlan& plan);

// Questions that nobody has answered.
std::vector<const saved_plan::SavedAction*> Undecided(const saved_plan::SavedPlan& plan);

// Its rows are written anew, not moved with their table.
bool RewritesRows(const saved_plan::SavedAction& action);
// "1B-3: merge app.old"; an id that says kind and source stands alone.
std::string ActionWords(const saved_plan::SavedAction& action);
// The word of an option, before its ": ".
std::string OptionWord(std::string_view option);

}  // namespace regraft::cli
