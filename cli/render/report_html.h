// A report as one page that needs nothing else: no request, no script.
#pragma once

#include "engine/report/report.h"

#include <string>
#include <string_view>

namespace regraft::cli {

// First how it ended and the rows' equation, then what waits for somebody; every action has an
// anchor. `file` names the plan in commands.
std::string ReportHtml(const report::Report& report, const std::string& file);

// The page's style sheet: light and dark, screens from 320 pixels, paper.
extern const std::string_view kReportStyle;

}  // namespace regraft::cli
