// add_pk of a small table: numbered, and given its key, under one lock.

#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace regraft::apply {
namespace {

using catalog::Dossier;
using saved_plan::SavedAction;

// Each gets one line by a key: column, index, constraint, sequence; and the rights to the last.
constexpr std::array<std::string_view, 5> kFacts = {"columns", "indexes", "constraints",
                                                    "sequences", "sequence_grants"};

// `more` has the key, `less` has not, and nothing else tells them apart.
absl::Status CheckDifference(const Dossier& less, const Dossier& more) {
  auto changes = catalog::CompareDossiers(less, more);
  std::erase_if(changes, [](const catalog::DossierChange& change) {
    const bool one = change.come.size() == 1 || change.fact == "sequence_grants";
    return change.gone.empty() && one &&
           std::find(kFacts.begin(), kFacts.end(), change.fact) != kFacts.end();
  });
  if (changes.empty()) return absl::OkStatus();
  return Differences("rolled back: more has changed than was declared: " + ChangeWords(changes));
}

absl::StatusOr<Dossier> Change(Run* run, const Held& held, const std::vector<std::string>& sql) {
  for (const std::string& statement : sql)
    RETURN_IF_ERROR(
        Annotate(run->connection.Run(statement), "at \"" + statement.substr(0, 200) + "\""));
  return catalog::ReadDossier(run->connection, held.before.oid);
}

absl::Status Store(Run* run, Dossier now, ledger::PlanAction* row, const std::string& state) {
  RETURN_IF_ERROR(ledger::StoreDossiers(run->connection, run->run_id, {std::move(now)}));
  row->state = state;
  row->error.clear();
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

// One that came, one that went.
absl::Status CheckStep(const Dossier& before, const Dossier& now) {
  auto changes = catalog::CompareDossiers(before, now);
  std::erase_if(changes, [](const catalog::DossierChange& change) {
    const bool one = change.gone.size() <= 1 && change.come.size() <= 1;
    return (one || (change.gone.empty() && change.fact == "sequence_grants")) &&
           std::find(kFacts.begin(), kFacts.end(), change.fact) != kFacts.end();
  });
  if (changes.empty()) return absl::OkStatus();
  return Differences("rolled back: more has changed than was declared: " + ChangeWords(changes));
}

}  // namespace

absl::Status StoreKeyed(Run* run, const Dossier& before) {
  ASSIGN_OR_RETURN(Dossier now, catalog::ReadDossier(run->connection, before.oid));
  RETURN_IF_ERROR(CheckStep(before, now));
  return ledger::StoreDossiers(run->connection, run->run_id, {std::move(now)});
}

absl::Status ApplyKey(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  std::vector<std::string> sql;
  for (const auto& statement : action.statements) sql.push_back(statement.sql);
  return InTransaction(run, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Held held, HoldRelation(run, action.source_oid, "ACCESS EXCLUSIVE"));
    ASSIGN_OR_RETURN(Dossier now, Change(run, held, sql));
    RETURN_IF_ERROR(CheckDifference(held.before, now));
    RETURN_IF_ERROR(RecordSteps(run, action.id, action.statements));
    return Store(run, std::move(now), row, "done");
  });
}

absl::Status UndoKey(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  if (action.method == "online key") RETURN_IF_ERROR(DropUnfinishedIndex(run, action));
  return InTransaction(run, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Held held, HoldRelation(run, action.source_oid, "ACCESS EXCLUSIVE"));
    ASSIGN_OR_RETURN(std::vector<ledger::PlanStep> steps,
                     ledger::ReadPlanSteps(run->connection, run->run_id, action.id));
    std::reverse(steps.begin(), steps.end());
    std::vector<std::string> sql;
    for (const ledger::PlanStep& step : steps) {
      if (!step.undo.empty() && step.done && !step.undone) sql.push_back(step.undo);
      RETURN_IF_ERROR(ledger::MarkStepUndone(run->connection, run->run_id, action.id, step.step));
    }
    ASSIGN_OR_RETURN(Dossier now, Change(run, held, sql));
    RETURN_IF_ERROR(CheckDifference(now, held.before));
    return Store(run, std::move(now), row, "undone");
  });
}

}  // namespace regraft::apply
