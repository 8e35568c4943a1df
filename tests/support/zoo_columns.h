// The zoo: a column for each type, with the values that break programs which carry them. Values are
// the text that the type's input function takes.
#pragma once

#include <vector>

namespace regraft::support {

struct ZooColumn {
  const char* name;
  const char* type;
  // nullptr is NULL. Row i holds value i modulo their number.
  std::vector<const char*> values;
  // Two databases hold other bytes for the same value: it consists of OIDs of the database's own.
  bool own_oids = false;
  // COPY cannot carry it in binary without change.
  bool text_only = false;
};

// Types that the columns need besides PostgreSQL's own, in schema app.
extern const char* const kZooTypes;

const std::vector<ZooColumn>& ZooColumns();

}  // namespace regraft::support
