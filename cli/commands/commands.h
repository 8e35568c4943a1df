// One function per verb: adds the verb with its flags to the command line; when it is chosen, it
// sets session->run. Each verb lives in a file of its name.
#pragma once

#include "cli/session.h"

#include <CLI/CLI.hpp>

namespace regraft::cli {

void AddImport(CLI::App* app, Session* session);
void AddInit(CLI::App* app, Session* session);
void AddPlan(CLI::App* app, Session* session);
void AddShow(CLI::App* app, Session* session);
void AddDecide(CLI::App* app, Session* session);
void AddApprove(CLI::App* app, Session* session);
void AddApprovals(CLI::App* app, Session* session);
void AddRevoke(CLI::App* app, Session* session);
void AddApply(CLI::App* app, Session* session);
void AddUndo(CLI::App* app, Session* session);
void AddAudit(CLI::App* app, Session* session);
void AddClean(CLI::App* app, Session* session);
void AddCompliance(CLI::App* app, Session* session);
void AddStatus(CLI::App* app, Session* session);
void AddReport(CLI::App* app, Session* session);
void AddLock(CLI::App* app, Session* session);
void AddUnlock(CLI::App* app, Session* session);
void AddRegister(CLI::App* app, Session* session);
void AddRegistry(CLI::App* app, Session* session);
void AddCopy(CLI::App* app, Session* session);
void AddVerify(CLI::App* app, Session* session);
void AddDigest(CLI::App* app, Session* session);
void AddDiff(CLI::App* app, Session* session);
void AddBench(CLI::App* app, Session* session);

}  // namespace regraft::cli
