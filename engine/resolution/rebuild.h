// Whether rows survive their mapping: each source row is made into its forward image and rebuilt
// from it by the inverse, in one SELECT, and compared byte by byte. Nothing is written.
#pragma once

#include "engine/resolution/work.h"

#include <string>
#include <utility>
#include <vector>

namespace regraft::resolution {

struct Rebuild {
  std::string from;  // FROM … AS s WHERE …: the rows that will be mapped
  // Name and SQL over s of each column of the image.
  std::vector<std::pair<std::string, std::string>> forward;
  // Name, SQL over the source (s), SQL over the image (s) of each source column.
  struct Column {
    std::string name, original, inverse;
  };
  std::vector<Column> columns;
};

// "SELECT … AS a, … FROM …": for people, and to be tried.
std::string ForwardSelect(const Rebuild& rebuild);

// Refuses each column that does not come back, with how many rows and one value; marks the action
// as proved if there is none.
absl::Status ProveRebuild(Run* run, Work* work, const Rebuild& rebuild);

}  // namespace regraft::resolution
