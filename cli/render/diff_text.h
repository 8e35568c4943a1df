// One difference of two relations: as text, as JSON, and as a line of CSV.
#pragma once

#include "cli/commands/diff_plan.h"
#include "engine/verification/row_diff.h"

#include "nlohmann/json.hpp"

#include <string>

namespace regraft::cli {

// A line for the row, and one for each of its columns that differ. Long values are cut.
std::string DifferenceText(const DiffPlan& plan, const verification::RowDifference& difference);
nlohmann::ordered_json DifferenceJson(const DiffPlan& plan,
                                      const verification::RowDifference& difference);
// "kind", the key's columns (all columns, where there is no key), "columns", "causes".
std::string DifferenceCsvHeader(const DiffPlan& plan);
std::string DifferenceCsv(const DiffPlan& plan, const verification::RowDifference& difference);

}  // namespace regraft::cli
