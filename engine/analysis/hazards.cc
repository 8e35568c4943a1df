#include "engine/analysis/hazards.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::analysis {
namespace {

bool Fires(const catalog::Trigger& trigger, RowEvent event, bool as_replica) {
  if (!(event == RowEvent::kInsert ? trigger.on_insert : trigger.on_update)) return false;
  if (trigger.enabled == 'D' || trigger.enabled == 'A') return trigger.enabled == 'A';
  return trigger.enabled == (as_replica ? 'R' : 'O');
}

absl::Status CheckOverlap(const CopyPlan& plan) {
  if (!plan.same_database) return absl::OkStatus();
  for (const catalog::Leaf& source : plan.source.leaves)
    for (const catalog::Leaf& target : plan.target.leaves)
      if (source.oid == target.oid)
        return BadPlan(absl::StrCat("source and target share ", pg::DisplayName(source.name)));
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> ActingOn(const catalog::Table& target, RowEvent event, bool as_replica) {
  std::vector<std::string> names;
  for (const catalog::Trigger& trigger : target.triggers)
    if (Fires(trigger, event, as_replica))
      names.push_back(absl::StrCat("trigger \"", trigger.name, "\" (", trigger.function, ")"));
  for (const catalog::Rule& rule : target.rules)
    if (event == RowEvent::kInsert && rule.on_insert && rule.enabled != 'D')
      names.push_back(absl::StrCat("rule \"", rule.name, "\" (COPY ignores it)"));
  return names;
}

absl::Status CheckHazards(CopyPlan* plan) {
  RETURN_IF_ERROR(CheckOverlap(*plan));
  const auto& allow = plan->request.allow;
  plan->suppress_triggers = allow.contains(std::string(plan::kTriggersSuppressed));
  const std::vector<std::string> firing =
      ActingOn(plan->target, RowEvent::kInsert, plan->suppress_triggers);
  if (firing.empty() || allow.contains(std::string(plan::kTriggerFires))) return absl::OkStatus();
  return BadPlan(absl::StrCat(
      "on ", pg::DisplayName(plan->target.name), " ", absl::StrJoin(firing, ", "),
      plan->suppress_triggers
          ? " would still fire; add --allow trigger-fires as well"
          : " would act on the copied rows; add --allow trigger-fires to let them act, or "
            "--allow triggers-suppressed to keep them still"));
}

}  // namespace regraft::analysis
