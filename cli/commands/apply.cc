// regraft apply, regraft undo: execute a saved plan, and take it back.

#include "engine/apply/apply.h"

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/render/progress_line.h"
#include "cli/render/words.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <unistd.h>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAboutApply =
    "Execute a saved plan that is approved and fresh, and record every step in the ledger. After "
    "any interruption the\n"
    "same command goes on; a finished plan is left alone. Refused (exit code 3) without an "
    "approval.\n"
    "Example:\n"
    "  regraft apply saved.json\n"
    "  regraft apply saved.json --only A-1 A-2 --yes";
constexpr const char* kAboutUndo =
    "Take back what a plan has done, last things first: names, places and comments as they were. "
    "No new approval is\n"
    "needed; refused where what would be restored has itself changed.\n"
    "Example:\n"
    "  regraft undo saved.json --dry-run\n"
    "  regraft undo saved.json --yes";

struct ApplyFlags {
  std::string file;
  std::vector<std::string> only;
  bool yes = false, dry_run = false;
  int jobs = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4);
  int lock_wait_seconds = 30;
};

using Verb = absl::Status (*)(const apply::ApplyOptions&, apply::ApplyReport*);

bool Ask(const std::string& question) {
  std::fprintf(stderr, "%s [y/N] ", question.c_str());
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

std::string Line(const apply::ActionReport& action) {
  std::string rows;
  if (action.rows_source.has_value())
    rows = absl::StrCat(", ", Counted(*action.rows_source, "row", "rows"), " = ",
                        Grouped(action.rows_target.value_or(0)), " + ",
                        Grouped(action.rows_remainder.value_or(0)), " set aside");
  return absl::StrCat(
      OneLine(action.id), ": ", OneLine(action.kind), " ", OneLine(action.source),
      action.target.empty() ? "" : " -> " + OneLine(action.target), ": ", action.state, rows,
      action.words.empty() || action.state == "failed" ? "" : ", " + OneLine(action.words), "\n");
}

std::string Text(const apply::ApplyReport& report, bool undo, bool dry_run) {
  if (report.already_done && undo) return "nothing to undo\n";
  if (report.already_done)
    return absl::StrCat("the plan is finished: run ", report.run_id,
                        " has done it; nothing changed\n");
  std::string out;
  for (const apply::ActionReport& action : report.actions) {
    if (!dry_run) out += Line(action);
    if (!action.statements.empty()) absl::StrAppend(&out, "-- ", OneLine(action.id), "\n");
    for (const std::string& sql : action.statements) absl::StrAppend(&out, sql, ";\n");
  }
  return out;
}

ordered_json NumberOrNull(const std::optional<int64_t>& number) {
  return number.has_value() ? ordered_json(*number) : ordered_json(nullptr);
}

ordered_json Document(const apply::ApplyReport& report) {
  ordered_json document;
  document["run"] = report.run_id;
  document["resumed"] = report.resumed;
  document["already_done"] = report.already_done;
  document["actions"] = ordered_json::array();
  for (const apply::ActionReport& action : report.actions)
    document["actions"].push_back({{"id", action.id},
                                   {"kind", action.kind},
                                   {"source", action.source},
                                   {"target", action.target},
                                   {"state", action.state},
                                   {"words", action.words},
                                   {"touched", action.touched},
                                   {"rows_source", NumberOrNull(action.rows_source)},
                                   {"rows_target", NumberOrNull(action.rows_target)},
                                   {"rows_remainder", NumberOrNull(action.rows_remainder)},
                                   {"remainder_table", action.remainder_table},
                                   {"seconds", action.seconds},
                                   {"statements", action.statements}});
  return document;
}

absl::Status Execute(const Session& session, const ApplyFlags& flags, Verb verb,
                     apply::ApplyReport* report, std::string* sha256) {
  ASSIGN_OR_RETURN(const saved_plan::SavedPlan plan, ReadSavedFile(flags.file));
  *sha256 = plan.sha256;
  ProgressLine progress(session.json);
  apply::ApplyOptions options{.connect = session.Connect("apply"), .plan = plan};
  options.file = flags.file;
  options.only = {flags.only.begin(), flags.only.end()};
  options.dry_run = flags.dry_run;
  options.jobs = flags.jobs;
  options.lock_wait_seconds = flags.lock_wait_seconds;
  options.say = [&](const std::string& words) { progress.Say(words); };
  options.on_tick = [&](const copy::CopyOptions::Tick& tick) { progress.Show(tick); };
  if (!flags.yes && !session.json && isatty(STDIN_FILENO) != 0) options.confirm = Ask;
  const absl::Status status = verb(options, report);
  progress.Clear();
  return status;
}

int Run(const Session& session, const ApplyFlags& flags, Verb verb) {
  apply::ApplyReport report;
  std::string sha256;
  const absl::Status status = Execute(session, flags, verb, &report, &sha256);
  if (!session.json && (status.ok() || !report.actions.empty()))
    std::fputs(Text(report, verb == apply::Undo, flags.dry_run).c_str(), stdout);
  ordered_json document = Document(report);
  document["sha256"] = sha256;
  return Conclude(session, status, document);
}

std::shared_ptr<ApplyFlags> AddFlags(CLI::App* verb, Session* session) {
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<ApplyFlags>();
  AddSavedFile(verb, &flags->file)->required();
  verb->add_option("--only", flags->only, "these actions alone")->type_name("ID");
  verb->add_option("--lock-wait", flags->lock_wait_seconds, "how long to try for a lock")
      ->envname("REGRAFT_LOCK_WAIT")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--jobs", flags->jobs, "lanes of merges")
      ->envname("REGRAFT_JOBS")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  return flags;
}

}  // namespace

void AddApply(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("apply", kAboutApply);
  auto flags = AddFlags(verb, session);
  verb->add_flag("--yes", flags->yes, "do not ask \"start now?\"; this approves nothing");
  verb->callback([session, flags] {
    session->run = [session, flags] { return Run(*session, *flags, apply::Apply); };
  });
}

void AddUndo(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("undo", kAboutUndo);
  auto flags = AddFlags(verb, session);
  verb->add_flag("--yes", flags->yes, "do not ask before each action");
  verb->add_flag("--dry-run", flags->dry_run, "print what would be executed");
  verb->callback([session, flags] {
    session->run = [session, flags] { return Run(*session, *flags, apply::Undo); };
  });
}

}  // namespace regraft::cli
