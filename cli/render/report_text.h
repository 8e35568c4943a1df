// A report for a terminal.
#pragma once

#include "engine/report/report.h"

#include <string>

namespace regraft::cli {

// `file` names the plan in commands. First how it ended, then what waits for somebody, then the
// rows, and the rest.
std::string ReportText(const report::Report& report, const std::string& file);

}  // namespace regraft::cli
