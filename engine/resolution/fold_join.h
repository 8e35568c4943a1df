// The join of a fold, tried on the rows of now.
#pragma once

#include "engine/resolution/work.h"

#include <string>

namespace regraft::resolution {

// Rows without a row of the target, with several, and those that share one: each with a count and
// an example, refused or set aside as the plan says. `from`: "FROM …" of the source, alias s.
void TryFoldJoin(Run* run, Work* work, const std::string& from);

}  // namespace regraft::resolution
