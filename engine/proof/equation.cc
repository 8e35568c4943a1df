// Of every table that rows were merged into: what is there now is what was there before, what was
// merged, and what others have done since.

#include "engine/base/status_macros.h"
#include "engine/proof/check.h"

#include <algorithm>

namespace regraft::proof {
namespace {

// What was found, where it was looked at; else what the ledger says.
int64_t RowsMerged(const ledger::PlanAction& row, const std::vector<ActionProof>& proofs) {
  for (const ActionProof& proof : proofs)
    if (proof.id == row.id && proof.rows_target.has_value()) return *proof.rows_target;
  return row.rows_target.value_or(0);
}

bool IsLookedAt(uint32_t target, const Plan& plan, const std::vector<ActionProof>& proofs) {
  return std::any_of(proofs.begin(), proofs.end(), [&](const ActionProof& proof) {
    const ledger::PlanAction* row = plan.Row(proof.id);
    return proof.checked && row != nullptr && row->target_oid == target;
  });
}

// Before the first of the plan's merges into it.
struct Before {
  int64_t run_id = 0, rows = 0;
};

}  // namespace

absl::StatusOr<std::vector<TargetEquation>> ReadEquations(Reader* reader, const Plan& plan,
                                                          const std::vector<ActionProof>& proofs) {
  std::vector<TargetEquation> equations;
  std::map<uint32_t, size_t> index;
  std::map<uint32_t, Before> before;
  for (const saved_plan::SavedAction& action : plan.saved.actions) {
    if (action.method != "copy" || !plan.IsDone(action.id)) continue;
    if (!IsLookedAt(action.target_oid, plan, proofs)) continue;
    ASSIGN_OR_RETURN(const catalog::Table* target, reader->Find(action.target_oid));
    if (target == nullptr) continue;  // told with its action
    ASSIGN_OR_RETURN(const auto merged,
                     ledger::FindMergedRows(reader->connection(), action.source_oid,
                                            action.target_oid, action.discriminator));
    if (!merged.has_value()) continue;
    if (index.try_emplace(action.target_oid, equations.size()).second) {
      ASSIGN_OR_RETURN(const int64_t now, reader->CountRows(*target));
      equations.push_back({.target = pg::DisplayName(target->name), .rows_now = now});
    }
    TargetEquation& equation = equations[index[action.target_oid]];
    Before& first = before[action.target_oid];
    if (first.run_id == 0 || merged->run_id < first.run_id)
      first = {.run_id = merged->run_id, .rows = merged->others_rows};
    equation.rows_before = first.rows;
    equation.merged.push_back({.id = action.id, .rows = RowsMerged(*plan.Row(action.id), proofs)});
  }
  for (TargetEquation& equation : equations) {
    equation.others_since = equation.rows_now - equation.rows_before;
    for (const auto& merged : equation.merged) equation.others_since -= merged.rows;
  }
  return equations;
}

}  // namespace regraft::proof
