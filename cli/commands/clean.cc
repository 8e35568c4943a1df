// regraft clean: the repairs of data that a plan states.

#include "engine/clean/clean.h"

#include "cli/commands/commands.h"
#include "cli/commands/csv_files.h"
#include "cli/commands/saved_file.h"
#include "cli/confirm.h"
#include "cli/files.h"
#include "cli/render/clean_text.h"
#include "cli/render/words.h"
#include "cli/user_name.h"
#include "engine/approval/approval.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Repair data as a plan says: fill NULLs, match orphans by the domain of their e-mail, remove "
    "duplicates and orphans\n"
    "into an archive. What would be changed is shown, saved, approved as exactly those rows, and "
    "then changed, each\n"
    "repair in one transaction that can be taken back.\n"
    "Examples:\n"
    "  regraft clean plan.yaml -o clean.json      # shows and saves the proposal\n"
    "  regraft approve clean.json --by grace\n"
    "  regraft clean clean.json                   # executes it\n"
    "  regraft clean --undo dedupe-mail --yes\n"
    "Exit codes: 0; 2 where something else changed too; 3 not approved, or (--undo) nobody "
    "could be asked; 78 refused.";

struct CleanFlags {
  std::string file, output, directory, undo, planner;
  std::vector<std::string> only;
  bool yes = false;
  int lock_wait_seconds = 30;
};

void Say(const std::string& words) { std::fprintf(stderr, "%s\n", OneLine(words).c_str()); }

bool IsRefused(const saved_plan::SavedPlan& plan) {
  return std::any_of(plan.actions.begin(), plan.actions.end(),
                     [](const auto& action) { return action.state == "refused"; });
}

bool HasChanges(const saved_plan::SavedPlan& plan) {
  return std::any_of(plan.actions.begin(), plan.actions.end(), [](const auto& action) {
    return action.method == clean::kRepairMethod && action.rows > 0;
  });
}

absl::Status Execute(const Session& session, const CleanFlags& flags,
                     const saved_plan::SavedPlan& plan, ordered_json* document) {
  clean::CleanOptions options{.connect = session.Connect("clean"), .plan = plan};
  if (absl::EndsWith(flags.file, ".json")) options.file = flags.file;
  options.only = {flags.only.begin(), flags.only.end()};
  options.lock_wait_seconds = flags.lock_wait_seconds;
  options.say = Say;
  options.confirm = [&](const std::string& question) {
    return AskFirst(session, flags.yes ? Answered::kByYes : Answered::kByApproval, question);
  };
  clean::CleanReport report;
  absl::Status status = clean::Clean(options, &report);
  (*document)["run"] = report.run_id;
  (*document)["repairs"] = ordered_json::array();
  for (const clean::RepairReport& repair : report.repairs) {
    (*document)["repairs"].push_back(RepairJson(repair));
    if (!session.json && report.run_id != 0) std::fputs(RepairText(repair).c_str(), stdout);
  }
  return status;
}

absl::StatusOr<clean::Proposal> Propose(const Session& session, const CleanFlags& flags,
                                        const std::string& text, ordered_json* document) {
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  ASSIGN_OR_RETURN(const std::string planner, approval::DeclaredName(flags.planner));
  std::vector<std::string> ids;
  for (const plan::Repair& repair : plan.repairs) ids.push_back(repair.id);
  CsvFiles files(flags.directory, ids);
  clean::ProposeOptions options{.connect = session.Connect("clean"), .plan = plan};
  options.plan_text = text;
  options.tool = "regraft " REGRAFT_VERSION;
  options.planner = planner;
  options.only = {flags.only.begin(), flags.only.end()};
  if (!flags.directory.empty()) {
    RETURN_IF_ERROR(files.Open());
    options.export_rows = [&](const plan::Repair& repair, std::string_view csv) {
      return files.Add(repair.id, csv);
    };
  }
  ASSIGN_OR_RETURN(clean::Proposal proposal, clean::Propose(options));
  RETURN_IF_ERROR(files.Finish());
  (*document)["sha256"] = proposal.plan.sha256;
  (*document)["proposed"] = ProposalJson(proposal);
  (*document)["files"] = files.files();
  return proposal;
}

absl::Status FromPlan(const Session& session, const CleanFlags& flags, const std::string& text,
                      ordered_json* document) {
  ASSIGN_OR_RETURN(const clean::Proposal proposal, Propose(session, flags, text, document));
  if (!session.json) std::fputs(ProposalText(proposal).c_str(), stdout);
  if (IsRefused(proposal.plan)) return BadPlan("refused as it is; nothing was changed");
  if (!flags.output.empty()) {
    ASSIGN_OR_RETURN(const std::string saved, saved_plan::WriteSavedPlan(proposal.plan));
    RETURN_IF_ERROR(WriteTextFile(flags.output, saved));
    if (!session.json)
      std::fprintf(stdout, "next: regraft approve %s --by NAME, then regraft clean %s\n",
                   ShellWord(flags.output).c_str(), ShellWord(flags.output).c_str());
    return absl::OkStatus();
  }
  if (!HasChanges(proposal.plan)) return absl::OkStatus();
  absl::Status status = Execute(session, flags, proposal.plan, document);
  if (KindOf(status) != FailureKind::kNotApproved) return status;
  return Annotate(status, absl::StrCat("nothing was changed; regraft clean ", ShellWord(flags.file),
                                       " -o clean.json saves what people approve"));
}

absl::Status Undo(const Session& session, const CleanFlags& flags, ordered_json* document) {
  RETURN_IF_ERROR(AskFirst(session, flags.yes ? Answered::kByYes : Answered::kByNobody,
                           absl::StrCat("Take back ", OneLine(flags.undo), "?")));
  clean::RepairReport report;
  absl::Status status = clean::UndoRepair({.connect = session.Connect("clean"),
                                           .id = flags.undo,
                                           .lock_wait_seconds = flags.lock_wait_seconds,
                                           .say = Say},
                                          &report);
  (*document)["undone"] = status.ok() ? RepairJson(report) : ordered_json(nullptr);
  if (!session.json && status.ok()) std::fputs(RepairText(report).c_str(), stdout);
  return status;
}

absl::Status Clean(const Session& session, const CleanFlags& flags, ordered_json* document) {
  if (!flags.undo.empty()) return Undo(session, flags, document);
  if (flags.file.empty()) return BadPlan("which plan? regraft clean PLAN.yaml");
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  // A plan is YAML and begins with a key or a comment; a saved proposal is one JSON object.
  if (!absl::StartsWith(text, "{")) return FromPlan(session, flags, text, document);
  ASSIGN_OR_RETURN(const saved_plan::SavedPlan saved, saved_plan::ReadSavedPlan(text, flags.file));
  (*document)["sha256"] = saved.sha256;
  return Execute(session, flags, saved, document);
}

int Run(const Session& session, const CleanFlags& flags) {
  ordered_json document;
  const absl::Status status = Clean(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddClean(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("clean", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<CleanFlags>();
  flags->planner = UserName();
  CLI::Option* file =
      verb->add_option("plan", flags->file, "the plan, or what -o saved")->type_name("FILE");
  verb->add_option("--only", flags->only, "these repairs alone")->type_name("ID");
  verb->add_option("-o,--output", flags->output, "save the proposal for approval; change nothing")
      ->type_name("FILE");
  verb->add_option("--export", flags->directory,
                   "write the rows of export_duplicates into CSV files there")
      ->type_name("DIR");
  verb->add_flag(
      "--yes", flags->yes,
      "do not ask \"repair now?\"; this approves nothing. Without a terminal, or with --json, "
      "an approved proposal needs no answer, --undo does");
  verb->add_option("--as", flags->planner, "who proposes; default: the user of this process")
      ->envname("REGRAFT_AS")
      ->type_name("NAME");
  verb->add_option("--undo", flags->undo, "take back the latest repair of this id")
      ->type_name("ID")
      ->excludes(file);
  verb->add_option("--lock-wait", flags->lock_wait_seconds, "how long to try for a lock")
      ->envname("REGRAFT_LOCK_WAIT")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
