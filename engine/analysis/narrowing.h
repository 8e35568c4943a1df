// Whether a type may hold less than another. A pure function.
#pragma once

#include "engine/catalog/column.h"

namespace regraft::analysis {

// True unless every value of `source`'s type is known to fit `target`'s. For people: what is lost
// is for the values to say.
bool Narrows(const catalog::Column& source, const catalog::Column& target);

}  // namespace regraft::analysis
