// regraft: reorganises PostgreSQL tables and proves that nothing was lost. One verb per file in
// commands/.

#include "cli/commands/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/session.h"

#include <CLI/CLI.hpp>

namespace {

constexpr const char* kAbout =
    "regraft moves and merges PostgreSQL tables in parallel and proves that not one value was "
    "lost.\n"
    "Example:\n"
    "  regraft copy app.orders_2023 app.orders --set origin=2023\n"
    "  regraft verify\n"
    "The database is named by --dsn, DATABASE_URL, or libpq's PG* variables.";

}  // namespace

int main(int argc, char** argv) {
  using namespace regraft::cli;
  Session session;
  CLI::App app(kAbout, "regraft");
  app.set_version_flag("--version", "regraft " REGRAFT_VERSION);
  app.require_subcommand(1);
  AddImport(&app, &session);
  AddInit(&app, &session);
  AddPlan(&app, &session);
  AddShow(&app, &session);
  AddDecide(&app, &session);
  AddApprove(&app, &session);
  AddApprovals(&app, &session);
  AddRevoke(&app, &session);
  AddApply(&app, &session);
  AddUndo(&app, &session);
  AddAudit(&app, &session);
  AddClean(&app, &session);
  AddCompliance(&app, &session);
  AddStatus(&app, &session);
  AddReport(&app, &session);
  AddLock(&app, &session);
  AddUnlock(&app, &session);
  AddRegister(&app, &session);
  AddRegistry(&app, &session);
  AddCopy(&app, &session);
  AddVerify(&app, &session);
  AddDigest(&app, &session);
  AddDiff(&app, &session);
  AddBench(&app, &session);
  // Without such a callback CLI11 reads the variables of all verbs, and the verbs share a session:
  // a later verb's DATABASE_URL would then win over the --dsn that was typed for this one.
  for (CLI::App* verb : app.get_subcommands({})) verb->parse_complete_callback([] {});
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) == 0) return kDone;
    if (WantsJson(argc, argv)) PrintUsageError(error.what());
    return kUsage;
  }
  HandleInterrupts(session.scope);
  return session.run();
}
