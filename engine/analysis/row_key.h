// By which columns a row can be named to people.
#pragma once

#include "engine/catalog/table.h"

#include <cstddef>
#include <vector>

namespace regraft::analysis {

// The columns of the primary key, else of a unique index over NOT NULL columns, as indexes into
// table.columns; else none.
std::vector<size_t> KeyOf(const catalog::Table& table);

}  // namespace regraft::analysis
