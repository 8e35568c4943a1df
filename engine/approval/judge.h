// The gate's rules alone, without a database.
#pragma once

#include "engine/approval/approval.h"

namespace regraft::approval {

// `planner` is the plan's planner in the form of Approval::person.
Gate Judge(const Candidate& candidate, const std::string& planner, std::vector<Approval> approvals);

// NotApproved with the gate's words and remedy. REQUIRES: it is not open.
absl::Status Closed(const Gate& gate);

}  // namespace regraft::approval
