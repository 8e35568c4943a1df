// "Did you mean": the known word that a mistyped one is nearest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regraft::plan {

// Empty where no word is near: at most two or a third of its letters inserted, left out, changed or
// swapped with their neighbour. Of equally near words the first.
std::string_view NearestWord(std::string_view typed, const std::vector<std::string_view>& known);

// `; did you mean "merge"?`, or `; known are "archive", "merge"` where nothing is near.
std::string SuggestWord(std::string_view typed, const std::vector<std::string_view>& known);

}  // namespace regraft::plan
