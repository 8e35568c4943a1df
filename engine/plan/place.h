// Values that every part of a plan file has.
#pragma once

#include <cstdint>

namespace regraft::plan {

// Where in the file something stands; both count from 1.
struct Place {
  int line = 0;
  int column = 0;
};

struct ExpectedRows {
  int64_t rows = 0;
  int64_t tolerance_rows = 0;
};

}  // namespace regraft::plan
