// Generated columns of a target: what the server will compute, which need not be what the source
// has in a column of that name.
#pragma once

#include "engine/catalog/table.h"

#include <string>
#include <utility>
#include <vector>

namespace regraft::analysis {

// `generated` of `target` as SQL over s, a row of the source. `forward`: the values of the other
// columns, by name; one that has none gets its default.
std::string GeneratedForward(const catalog::Column& generated, const catalog::Table& target,
                             const std::vector<std::pair<std::string, std::string>>& forward);

}  // namespace regraft::analysis
