// Lists of column names as people type them in one flag.
#pragma once

#include "engine/catalog/table.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::cli {

// Reads `a,"Odd, Name"`: names as SQL writes them, folded unless quoted or there as typed. Errors,
// all BadPlan: a name that none of the tables has, a name listed twice, a quote that is not closed.
absl::StatusOr<std::vector<std::string>> ParseColumnNames(
    const std::string& list, const std::vector<const catalog::Table*>& tables);

}  // namespace regraft::cli
