// Approvals and the gate, for people and for programs.
#pragma once

#include "engine/approval/approval.h"

#include "nlohmann/json.hpp"

#include <string>
#include <vector>

namespace regraft::cli {

// "as role app from 10.0.0.7": what is stored beside a declared name.
std::string Evidence(const std::string& session_role, const std::string& client_address);
// A block of lines per plan, its approvals oldest first.
std::string ApprovalsText(const std::vector<approval::Approval>& approvals);
nlohmann::ordered_json ApprovalJson(const approval::Approval& approval);

// "APPROVED: words", and what to type next.
std::string GateText(const approval::Gate& gate);
nlohmann::ordered_json GateJson(const approval::Gate& gate);

}  // namespace regraft::cli
