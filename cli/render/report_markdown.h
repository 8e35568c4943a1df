// A report as a Markdown document, for a repository or a ticket.
#pragma once

#include "engine/report/report.h"

#include <string>

namespace regraft::cli {

std::string ReportMarkdown(const report::Report& report, const std::string& file);

}  // namespace regraft::cli
