// A value map as SQL: there and back.
#pragma once

#include "engine/catalog/column.h"
#include "engine/plan/mapping.h"

#include <string>

namespace regraft::analysis {

// The value of the target column for `text`, SQL that gives the source column as text.
std::string MapForward(const plan::ValueMap& map, const std::string& text,
                       const catalog::Column& target);

// The source column as text, from the target column.
// REQUIRES: the map is injective for the target's type.
std::string MapInverseText(const plan::ValueMap& map, const catalog::Column& target);

}  // namespace regraft::analysis
