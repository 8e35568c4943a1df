// What actions need of each other: who must come first, and why.
#pragma once

#include "engine/resolution/order.h"
#include "engine/resolution/work.h"

#include <vector>

namespace regraft::resolution {

// Sets the order of `works`, and each one's `after`. Actions on a circle are refused, and stand
// last.
void OrderWorks(std::vector<Work>* works);

}  // namespace regraft::resolution
