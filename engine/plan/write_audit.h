// Writes audits and the leaf lock as YAML: items of the plan file.
#pragma once

#include "engine/plan/audit.h"
#include "engine/plan/lock.h"

#include <string>

namespace regraft::plan {

// {rows: 310, tolerance: 4}, or the number alone.
std::string WriteExpected(const ExpectedRows& expected);
std::string WriteAudit(const Audit& audit);
std::string WriteLock(const Lock& lock);

}  // namespace regraft::plan
