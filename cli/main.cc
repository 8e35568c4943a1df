// regraft: reorganises PostgreSQL tables and proves that nothing was lost. One verb per file in
// commands/.

#include "cli/commands/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/session.h"
#include "engine/plan/nearest_word.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr const char* kAbout =
    "regraft moves and merges PostgreSQL tables in parallel and proves that not one value was "
    "lost.\n"
    "Example:\n"
    "  regraft copy app.orders_2023 app.orders --set origin=2023\n"
    "  regraft verify\n"
    "The database is named by --dsn, DATABASE_URL, or libpq's PG* variables.";

// CLI11 would say that a subcommand is required. Empty: the mistake is another.
std::string UnknownVerb(CLI::App* app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> names;
  for (const CLI::App* verb : app->get_subcommands({})) names.push_back(verb->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return "";
  return "regraft: there is no verb " + std::string(argv[1]) +
         regraft::plan::SuggestWord(argv[1], {names.begin(), names.end()}) +
         "; next: regraft --help lists them";
}

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
    const std::string unknown = UnknownVerb(&app, argc, argv);
    if (!unknown.empty()) std::fprintf(stderr, "%s\n", unknown.c_str());
    if (unknown.empty() && app.exit(error) == 0) return kDone;
    if (WantsJson(argc, argv)) PrintUsageError(unknown.empty() ? error.what() : unknown);
    return kUsage;
  }
  HandleInterrupts(session.scope);
  return session.run();
}
