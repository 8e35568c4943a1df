// "Did you mean": the nearest valid word for one that was mistyped.
#pragma once

#include "engine/catalog/table.h"

#include <string>

namespace regraft::analysis {

// "; did you mean \"x\"?" with the nearest column name, or nothing when none is near.
std::string DidYouMean(const std::string& word, const catalog::Table& table);

}  // namespace regraft::analysis
