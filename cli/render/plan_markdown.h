// A saved plan as a Markdown document: for those who read it in a browser, and for the archive.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <string>

namespace regraft::cli {

// A summary with live counts, a section with a table per kind of action, findings, questions, the
// order of execution, and what the document rests on.
std::string PlanMarkdown(const saved_plan::SavedPlan& plan);

}  // namespace regraft::cli
