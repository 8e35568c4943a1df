// The overflow column: a flat jsonb object that keeps, losslessly, every source column without a
// home. Each value is the text of the column's output function; an absent key is NULL.
#pragma once

#include "engine/catalog/column.h"

#include <string>
#include <vector>

namespace regraft::analysis {

// SQL over s that builds the object from these source columns. `null_if_empty`: an object without
// keys becomes NULL (not possible where the target column forbids NULL). `portable`: what names an
// object by its OID is written by name, for another database; otherwise by its number, which is
// exact.
std::string OverflowForward(const std::vector<const catalog::Column*>& columns, bool null_if_empty,
                            bool portable);

// SQL over s that gives the source column back, in its own type, from the overflow column of the
// target.
std::string OverflowInverse(const std::string& overflow_column, const catalog::Column& column);

// SQL over s that gives the text that was kept for the source column.
std::string OverflowText(const std::string& overflow_column, const catalog::Column& column);

}  // namespace regraft::analysis
