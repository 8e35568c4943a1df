// A copy's report, for people and for programs.
#pragma once

#include "engine/copy/copy_job.h"

#include "nlohmann/json.hpp"

namespace regraft::cli {

void PrintCopyText(const copy::CopyReport& report, bool discarded);
nlohmann::ordered_json CopyJson(const copy::CopyReport& report);

}  // namespace regraft::cli
