// The columns of every table that a run touches, as they are now: where each came from, and where
// its values live. From the ledger and the catalog; no row is read.
#pragma once

#include "engine/report/report.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace regraft::report {

// What fills a column, by an action that is done.
struct Feed {
  std::string action;
  std::string kind;  // "column", "overflow", "folded": of a source; "filled": with SQL; "set aside"
  std::string table;   // the source, where it is now; empty for "filled"
  std::string column;  // of the source; for "filled" the SQL
};

// Where the values of a column live, by an action that is done.
struct Home {
  std::string action;
  std::string kind;   // "column", "overflow", "folded"
  std::string table;  // the target, where it is now
  std::string column, type;
  std::string key;      // of "overflow" and "folded"
  std::string inverse;  // SQL over the target (alias s)
};

struct InventoryColumn {
  std::string table;               // where it is now
  std::string table_before;        // as the plan names it; empty where the plan made it
  std::vector<std::string> roles;  // "source", "target", "remainder"
  std::vector<std::string> actions;
  std::string column, type;
  int position = 0;  // pg_attribute.attnum
  bool not_null = false;
  std::string origin;  // "was there", "added by the plan", "made by the plan", "came later"
  std::vector<Feed> feeds;
  std::vector<Home> homes;  // none: its own, the same as ever
  std::vector<std::string> discriminators;
  std::vector<std::string> overflow_keys;  // keys that the plan has put into this column
};

// Each column once, by table and position. `report` says which run.
absl::StatusOr<std::vector<InventoryColumn>> ReadInventory(pg::Connection& connection,
                                                           const Report& report);

}  // namespace regraft::report
