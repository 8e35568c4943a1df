#include "cli/commands/plan_and_approve.h"

#include "cli/commands/resolve_file.h"
#include "cli/commands/saved_file.h"
#include "cli/confirm.h"
#include "cli/files.h"
#include "cli/render/plan_text.h"
#include "cli/user_name.h"
#include "engine/approval/approval.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <cstdio>
#include <filesystem>
#include <iostream>

namespace regraft::cli {
namespace {

using saved_plan::SavedPlan;

std::string SavedPath(const std::string& path) {
  const std::filesystem::path plan(path);
  return (plan.parent_path() / plan.stem()).string() + ".saved.json";
}

std::string ByHand(const std::string& path, const std::string& saved) {
  return absl::StrCat("regraft plan ", path, " -o ", saved, "; regraft approve ", saved,
                      " --by NAME; regraft apply ", saved);
}

absl::Status CheckAskable(const Session& session, const std::string& path,
                          const std::string& saved) {
  if (std::filesystem::exists(saved))
    return BadPlan(absl::StrCat(saved, " is there already, from an earlier plan: regraft apply ",
                                saved, " executes or continues it; remove it to plan anew"));
  if (CanAsk(session)) return absl::OkStatus();
  return NotApproved(absl::StrCat("nothing was done: ", path,
                                  " is a plan, approved by a yes that somebody types, and there is "
                                  "nobody to ask; without a terminal: ",
                                  ByHand(path, saved)));
}

absl::Status CheckPlan(const SavedPlan& plan, const std::string& path, const std::string& saved) {
  if (IsRefused(plan)) return BadPlan(path + " is refused: see the refusals above");
  if (plan.approvals_required <= 1 && !plan.not_by_planner) return absl::OkStatus();
  return NotApproved(
      absl::StrCat("nothing was done: the plan's gate wants ",
                   plan.not_by_planner ? "somebody else than its planner" : "several approvals",
                   ", so a yes here is not enough; ", ByHand(path, saved)));
}

absl::Status AskForYes(const SavedPlan& plan, const std::string& name) {
  std::fprintf(stderr, "Type yes to approve this plan, and nothing else (SHA-256 %s), as %s: ",
               plan.sha256.c_str(), name.c_str());
  std::string answer;
  if (std::getline(std::cin, answer) && answer == "yes") return absl::OkStatus();
  return NotApproved("nothing was done: the plan was not approved");
}

}  // namespace

bool IsPlanFile(const std::string& path) {
  return absl::EndsWith(path, ".yaml") || absl::EndsWith(path, ".yml");
}

absl::StatusOr<std::string> PlanAndApprove(const Session& session, const std::string& path) {
  const std::string saved = SavedPath(path);
  RETURN_IF_ERROR(CheckAskable(session, path, saved));
  ResolveFlags flags;
  flags.file = path;
  flags.planner = UserName();
  ASSIGN_OR_RETURN(const SavedPlan plan, ResolveFile(session, flags));
  std::fputs(PlanText(plan, /*verbose=*/false).c_str(), stdout);
  std::fflush(stdout);
  RETURN_IF_ERROR(CheckPlan(plan, path, saved));
  RETURN_IF_ERROR(AskForYes(plan, flags.planner));
  ASSIGN_OR_RETURN(const std::string text, saved_plan::WriteSavedPlan(plan));
  RETURN_IF_ERROR(WriteTextFile(saved, text));
  ASSIGN_OR_RETURN(SavedAtDatabase at, OpenSavedFile(session, saved, "approve"));
  RETURN_IF_ERROR(approval::Approve(at.connection, at.At(saved),
                                    {.by = flags.planner, .note = "typed at apply " + path})
                      .status());
  std::fprintf(stderr, "regraft: approved and kept as %s\n", saved.c_str());
  return saved;
}

}  // namespace regraft::cli
