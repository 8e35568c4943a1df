#include "cli/commands/resolve_file.h"

#include "cli/files.h"
#include "cli/render/progress_words.h"
#include "engine/approval/answers.h"
#include "engine/approval/approval.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"
#include "engine/resolution/resolve_plan.h"
#include "engine/saved_plan/saved_plan_json.h"

#include <algorithm>

namespace regraft::cli {

absl::StatusOr<saved_plan::SavedPlan> ResolveFile(const Session& session,
                                                  const ResolveFlags& flags) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  ASSIGN_OR_RETURN(const std::string planner, approval::DeclaredName(flags.planner));
  resolution::ResolveOptions options{.plan_text = text,
                                     .tool = "regraft " REGRAFT_VERSION,
                                     .planner = planner,
                                     .answers = {},
                                     .estimate = flags.estimate,
                                     .prove_mapping = flags.prove,
                                     .say = {}};
  {
    ASSIGN_OR_RETURN(pg::Connection ledger, pg::Connection::Open(session.Connect("plan-answers")));
    ASSIGN_OR_RETURN(options.answers, approval::AnswersFor(ledger, plan));
  }
  ProgressWords progress(session.json);
  options.say = [&](const std::string& words) { progress.Show(words); };
  ASSIGN_OR_RETURN(saved_plan::SavedPlan saved,
                   resolution::ResolvePlan(plan, options, session.Connect("plan")));
  RETURN_IF_ERROR(saved_plan::Seal(&saved));
  return saved;
}

bool IsRefused(const saved_plan::SavedPlan& plan) {
  const auto refuses = [](const auto& list) {
    return std::any_of(list.begin(), list.end(),
                       [](const auto& finding) { return finding.kind == "refusal"; });
  };
  return refuses(plan.findings) ||
         std::any_of(plan.preparations.begin(), plan.preparations.end(),
                     [&](const auto& one) { return refuses(one.findings); }) ||
         std::any_of(plan.actions.begin(), plan.actions.end(),
                     [&](const auto& one) { return refuses(one.findings); });
}

}  // namespace regraft::cli
