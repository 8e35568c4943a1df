// The overflow column: a flat jsonb object that keeps, losslessly, every source column without a home.
// Each value is the text of the column's output function; an absent key is NULL.
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/column.h"

namespace regraft::analysis {

// SQL over s that builds the object from these source columns. `null_if_empty`: an object without keys
// becomes NULL (not possible where the target column forbids NULL).
std::string OverflowForward(const std::vector<const catalog::Column*>& columns, bool null_if_empty);

// SQL over s that gives the source column back, in its own type, from the overflow column of the target.
std::string OverflowInverse(const std::string& overflow_column, const catalog::Column& column);

}  // namespace regraft::analysis
