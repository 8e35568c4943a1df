// regraft apply, regraft undo: execute a saved plan, and take it back.

#include "engine/apply/apply.h"

#include "cli/commands/commands.h"
#include "cli/commands/plan_and_approve.h"
#include "cli/commands/saved_file.h"
#include "cli/confirm.h"
#include "cli/interrupt.h"
#include "cli/render/apply_text.h"
#include "cli/render/progress_line.h"
#include "engine/base/deadline.h"
#include "engine/base/status_macros.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <thread>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAboutApply =
    "Execute a saved plan that is approved and fresh, and record every step in the ledger. After "
    "any interruption the\n"
    "same command goes on; a finished plan is left alone. Refused (exit code 3) without an "
    "approval. Ctrl-C once\n"
    "finishes the running chunk (exit code 5), twice aborts. A plan file instead of a saved plan "
    "is "
    "planned, shown,\n"
    "and approved by a typed yes; it is kept as PLAN.saved.json.\n"
    "Examples:\n"
    "  regraft apply saved.json\n"
    "  regraft apply saved.json --only A-1 A-2 --yes\n"
    "  regraft apply plan.yaml";
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
  bool yes = false, dry_run = false, restart = false, events = false;
  int jobs = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4);
  int lock_wait_seconds = 30;
  int64_t max_runtime_seconds = 0;  // 0: no limit
};

struct Verb {
  const char* name;
  absl::Status (*run)(const apply::ApplyOptions&, apply::ApplyReport*);
};

constexpr auto kEventEvery = std::chrono::seconds(1);

// One object per line: what is said, what begins and ends, and how far it is.
void WriteEvents(apply::ApplyOptions* options) {
  options->say = [](const std::string& words) {
    PrintEvent({{"event", "message"}, {"text", words}});
  };
  options->on_action = [](const apply::ActionReport& action) {
    ordered_json event = {{"event", "action"}};
    event.update(ActionJson(action));
    PrintEvent(event);
  };
  options->on_tick =
      [next = Deadline::After(kEventEvery)](const copy::CopyOptions::Tick& tick) mutable {
        if (!next.passed()) return;
        next = Deadline::After(kEventEvery);
        PrintEvent({{"event", "progress"},
                    {"phase", tick.phase},
                    {"rows", tick.rows},
                    {"bytes", tick.bytes},
                    {"bytes_expected", tick.bytes_expected},
                    {"seconds", tick.seconds}});
      };
}

// A signal, or --max-runtime.
std::function<bool()> StopWhen(const ApplyFlags& flags) {
  StopOnFirstSignal();
  if (flags.max_runtime_seconds <= 0) return StopWanted;
  const Deadline deadline =
      Deadline::After(std::chrono::milliseconds(int64_t{1000} * flags.max_runtime_seconds));
  return [deadline] { return StopWanted() || deadline.passed(); };
}

// A plan file is approved by a yes that is typed before it is executed.
bool IsPlanned(const ApplyFlags& flags, const Verb& verb) {
  return verb.run == apply::Apply && IsPlanFile(flags.file);
}

Answered AnsweredBy(const ApplyFlags& flags, const Verb& verb) {
  if (flags.yes || flags.dry_run || IsPlanned(flags, verb)) return Answered::kByYes;
  return verb.run == apply::Apply ? Answered::kByApproval : Answered::kByNobody;
}

struct Outcome {
  std::string sha256;  // of the saved plan
  apply::ApplyReport report;
};

absl::Status Execute(const Session& session, const ApplyFlags& flags, const Verb& verb,
                     Outcome* outcome) {
  std::string file = flags.file;
  const Answered answered = AnsweredBy(flags, verb);
  RETURN_IF_ERROR(CheckCanAsk(session, answered));
  if (IsPlanned(flags, verb)) {
    ASSIGN_OR_RETURN(file, PlanAndApprove(session, flags.file));
  }
  ASSIGN_OR_RETURN(const saved_plan::SavedPlan plan, ReadSavedFile(file));
  outcome->sha256 = plan.sha256;
  ProgressLine progress(session.json);
  apply::ApplyOptions options{.connect = session.Connect(verb.name), .plan = plan};
  options.file = file;
  options.only = {flags.only.begin(), flags.only.end()};
  options.dry_run = flags.dry_run;
  options.restart = flags.restart;
  options.jobs = flags.jobs;
  options.lock_wait_seconds = flags.lock_wait_seconds;
  options.stop_wanted = StopWhen(flags);
  options.say = [&](const std::string& words) { progress.Say(words); };
  options.on_tick = [&](const copy::CopyOptions::Tick& tick) { progress.Show(tick); };
  if (session.json_lines) WriteEvents(&options);
  options.confirm = [&](const std::string& question) {
    return AskFirst(session, answered, question).ok();
  };
  absl::Status status = verb.run(options, &outcome->report);
  progress.Clear();
  return status;
}

int Run(Session session, const ApplyFlags& flags, const Verb& verb) {
  session.json_lines = flags.events;
  session.json = session.json || flags.events;
  Outcome outcome;
  const absl::Status status = Execute(session, flags, verb, &outcome);
  const apply::ApplyReport& report = outcome.report;
  if (!session.json && (status.ok() || !report.actions.empty()))
    std::fputs(ApplyText(report, verb.run == apply::Undo, flags.dry_run).c_str(), stdout);
  ordered_json document;
  if (flags.events) document["event"] = "end";
  document.update(ApplyJson(report));
  document["sha256"] = outcome.sha256;
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
  verb->add_option("--max-runtime", flags->max_runtime_seconds,
                   "stop after this time, resumable (exit code 5): 90, 90s, 10m, 2h")
      ->envname("REGRAFT_MAX_RUNTIME")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                CLI::AsNumberWithUnit::CASE_INSENSITIVE, "TIME"));
  verb->add_flag("--json-events", flags->events,
                 "one JSON object per line on stdout while it goes on; the last is the result");
  return flags;
}

}  // namespace

void AddApply(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("apply", kAboutApply);
  auto flags = AddFlags(verb, session);
  verb->add_flag(
      "--yes", flags->yes,
      "do not ask \"start now?\"; this approves nothing. Without a terminal an approved plan "
      "needs no answer");
  verb->add_flag("--restart", flags->restart,
                 "remove what unfinished merges have copied, and begin them again");
  verb->callback([session, flags] {
    session->run = [session, flags] { return Run(*session, *flags, {"apply", apply::Apply}); };
  });
}

void AddUndo(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("undo", kAboutUndo);
  auto flags = AddFlags(verb, session);
  verb->add_flag("--yes", flags->yes, kYesHelp);
  verb->add_flag("--dry-run", flags->dry_run, "print what would be executed");
  verb->callback([session, flags] {
    session->run = [session, flags] { return Run(*session, *flags, {"undo", apply::Undo}); };
  });
}

}  // namespace regraft::cli
