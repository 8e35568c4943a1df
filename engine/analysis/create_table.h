// The statements that make a target for a source (`--create`).
#pragma once

#include "engine/catalog/table.h"
#include "engine/plan/mapping.h"

#include <string>
#include <vector>

namespace regraft::analysis {

struct CreateStatements {
  std::string table;                 // CREATE TABLE
  std::vector<std::string> indexes;  // run after the rows are there
  std::vector<std::string> notes;    // what was left out, for the user
};

// Keeps types, NOT NULL and defaults; generated and identity columns become plain, defaults that
// draw from a sequence are left out; --set columns are text NOT NULL and stand in front of the key
// and of each unique index, so that many tables with equal keys can merge.
CreateStatements MakeCreateStatements(const plan::CopyRequest& request,
                                      const catalog::Table& source);

}  // namespace regraft::analysis
