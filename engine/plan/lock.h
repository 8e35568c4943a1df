// What the leaf lock shall hold: which table is what in the tree of sub-hubs, and in which schemas
// no relation may appear that is not one of them.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/plan/place.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::plan {

// What a plan does not name is UNCLASSIFIED in the registry; a plan cannot say so of a table.
inline constexpr std::array<std::string_view, 10> kLeafTypes = {
    "CANONICAL", "ERROR", "MV",    "REGISTRY",   "ARCHIVE",
    "STAGING",   "QUEUE", "AUDIT", "SUPPORTING", "SYSTEM"};

struct Leaf {
  Place place;
  pg::QualifiedName table;
  std::string sub_hub;
  std::string leaf_type;  // one of kLeafTypes
  std::string path;       // where in the tree; empty: the sub-hub
  std::vector<std::string> todo;
};

// How many leaves of a type a sub-hub has.
struct LeafCardinality {
  Place place;
  std::string leaf_type;
  int64_t min = 0;
  std::optional<int64_t> max;
  std::vector<std::string> sub_hubs;  // empty: all
};

struct Lock {
  Place place;
  std::vector<std::string> schemas;
  std::vector<Leaf> leaves;
  std::vector<LeafCardinality> cardinality;
  std::vector<std::string> todo;
};

}  // namespace regraft::plan
