// regraft verify with a saved plan, or against receipts.
#pragma once

#include "cli/session.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace regraft::cli {

struct VerifyPlanFlags {
  std::string file, receipt, against;
  std::vector<std::string> actions;
  bool prove = false;
  int jobs = 2;
};

void AddVerifyPlanFlags(CLI::App* verb, VerifyPlanFlags* flags);
// Whether a plan or receipts are meant; else copies.
bool IsOfPlan(const VerifyPlanFlags& flags);
int RunVerifyPlan(const Session& session, const VerifyPlanFlags& flags);

}  // namespace regraft::cli
