// In which order actions run: the document's phases where nothing else is known, and what each
// needs of the others where it is. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::resolution {

struct Need {
  size_t before = 0;  // index of the action that must come first
  std::string reason;
};

struct OrderedAction {
  std::string id;
  int phase = 0;  // archives, merges, moves, keys, labels: among those that may run, the lowest
  std::vector<Need> needs;
};

struct Order {
  std::vector<size_t> sequence;  // all that are in no circle
  std::vector<size_t> circle;    // the rest: those on a circle, and those behind it
};

// Among actions that may run: by phase, then as they stand.
Order DeriveOrder(const std::vector<OrderedAction>& actions);

}  // namespace regraft::resolution
