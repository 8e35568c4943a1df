// A report and a column inventory for programs. The members: docs/report.md.
#pragma once

#include "engine/report/inventory.h"
#include "engine/report/report.h"

#include "nlohmann/json.hpp"

#include <string>
#include <vector>

namespace regraft::cli {

nlohmann::ordered_json ReportJson(const report::Report& report);

// The inventory, in two forms. In CSV names stand as SQL writes them, and no field begins as a
// formula would.
nlohmann::ordered_json InventoryJson(const std::vector<report::InventoryColumn>& columns);
std::string InventoryCsv(const std::vector<report::InventoryColumn>& columns);

}  // namespace regraft::cli
