// By which columns a row can be named to people.
#pragma once

#include "engine/catalog/table.h"

#include <cstddef>
#include <string>
#include <vector>

namespace regraft::analysis {

// The columns of the primary key, else of a unique index over NOT NULL columns, as indexes into
// table.columns; else none.
std::vector<size_t> KeyOf(const catalog::Table& table);

// SQL over s, the table: the key of a row as text for people, or where the row lies if there is no
// key. Never NULL.
std::string KeyText(const catalog::Table& table);

}  // namespace regraft::analysis
