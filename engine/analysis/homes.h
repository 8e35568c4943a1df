// Which source column lives where in the target: names only, before any type is looked at.
#pragma once

#include "engine/catalog/table.h"
#include "engine/plan/mapping.h"

#include <string>
#include <vector>

namespace regraft::analysis {

// A source column and the target column of the same meaning.
struct Home {
  const catalog::Column* source = nullptr;
  const catalog::Column* target = nullptr;
};

struct Homes {
  std::vector<Home> typed;                          // in source order
  std::vector<const catalog::Column*> overflowing;  // kept in the overflow column
  std::vector<const catalog::Column*> mapped_only;  // their home is an injective value map
  std::vector<const catalog::Column*> unwritten;    // target columns that get their default
  std::vector<std::string> refusals;                // all of them, each a sentence
};

// `injective`: for each of the mapping's value maps, whether a source value can be told from its
// result.
Homes FindHomes(const plan::Mapping& mapping, const std::vector<bool>& injective,
                const catalog::Table& source, const catalog::Table& target);

}  // namespace regraft::analysis
