// What a change of a table does to something that uses it: words for people and the saved plan.
// Pure.
#pragma once

#include "engine/catalog/dependents.h"
#include "engine/pg/identifier.h"

#include <string>

namespace regraft::catalog {

struct TableChange {
  enum class Kind {
    kMoved,     // the same table under the name `to`
    kArchived,  // the same, and nobody is meant to use it any longer
    kMerged,    // its rows are in `into` from now on
  };
  Kind kind = Kind::kMoved;
  pg::QualifiedName from;
  pg::QualifiedName to;       // the source afterwards: `from`, where a merge keeps it
  pg::QualifiedName into;     // kMerged only
  bool view_remains = false;  // a view under the name `from`
};

// Begins with one of: "follows", "stays", "goes on", "breaks", "may break", "changes".
std::string EffectOf(const Dependent& dependent, const TableChange& change);

}  // namespace regraft::catalog
