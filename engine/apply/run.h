// What the parts of an execution share: the plan's run, its actions, and how it left each relation.
// Internal to this folder.
#pragma once

#include "engine/apply/apply.h"
#include "engine/catalog/dossier.h"
#include "engine/ledger/plan_runs.h"
#include "engine/pg/patience.h"
#include "engine/plan/plan.h"

#include "absl/status/status.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace regraft::apply {

struct Run {
  const ApplyOptions& options;
  ApplyReport* report;
  plan::Plan plan;            // what the saved plan's text says
  pg::Connection connection;  // the ledger, and the actions that are one transaction
  pg::Connection lock;        // advisory: one program at a time applies plans to a database
  int64_t run_id = 0;
  std::vector<ledger::PlanAction> actions;     // of the plan's run
  std::map<uint32_t, catalog::Dossier> state;  // as the run left each relation
  bool locked_out = false;                     // a lock has kept something from being done

  ledger::PlanAction* Find(const std::string& id);
  // The saved plan's action of this id; nullptr: none.
  [[nodiscard]] const saved_plan::SavedAction* Saved(const std::string& id) const;
};

// run.cc: connects, takes the advisory lock, and ends what a killed program has left running.
// `verb` names the sessions: "apply", "undo". Errors: kLock, naming who holds it.
absl::StatusOr<Run> OpenRun(const ApplyOptions& options, const std::string& verb,
                            ApplyReport* report);
// Before each action: whoever has lost the advisory lock may no longer be alone.
absl::Status CheckLock(Run* run);
// For every session that commits what a plan does: a later program waits until it is gone.
absl::Status JoinSessions(pg::Connection& connection);
// The plan's latest run, with its actions and dossiers; false: there is none.
absl::StatusOr<bool> LoadRun(Run* run);
// Errors: BadPlan with the nearest id.
absl::Status CheckIds(const ApplyOptions& options);
// What the ledger says of every action, for people.
void FillReport(Run* run);
void ReportAction(const ledger::PlanAction& row, ActionReport* report);
// After an action: what has failed is recorded; `row` becomes as the ledger has it. What locks have
// kept from being done has not failed: the same command does it later. Errors: what stops
// everything, such as an interrupt or a lost connection.
absl::Status EndAction(Run* run, const absl::Status& done, const ledger::PlanAction& before,
                       ledger::PlanAction* row);
ActionReport* ReportOf(Run* run, const std::string& id);

// transaction.cc: runs `work` in a transaction and commits it; when a lock is not obtained, again
// from its beginning, with pauses, until the options' time is over. Errors: the work's, kLock.
absl::Status InTransaction(Run* run, const std::function<absl::Status()>& work);
// Does `work`, in the transaction that is open, with a permit for schemas under a leaf lock.
absl::Status WithPermit(Run* run, pg::Connection& connection,
                        const std::function<absl::Status()>& work);
// How long to wait for locks, by the options; a stop on purpose ends it.
pg::Patience PatienceOf(Run* run);

// relation.cc: a relation under lock, compared with how the run left it.
struct Held {
  catalog::Dossier before;
  std::vector<catalog::Dossier> others;  // that name it, and are as the run left them
};
// `mode` empty: no lock. Errors: Differences naming what has changed.
absl::StatusOr<Held> HoldRelation(Run* run, uint32_t oid, const std::string& mode);
// Runs the statements, compares with what they declare, and stores what is now.
absl::Status ChangeRelation(Run* run, const Held& held, const std::vector<std::string>& statements);
// What a relation is called now; `said`: for the error if it is gone.
absl::StatusOr<pg::QualifiedName> NameNow(Run* run, uint32_t oid, const std::string& said);
// An UPDATE of this table, in an open transaction; its triggers stand still meanwhile where `allow`
// says so. Gives the number of rows.
absl::StatusOr<int64_t> UpdateQuietly(Run* run, uint32_t oid, const std::set<std::string>& allow,
                                      const std::string& sql);
// "…: columns: gone "a", new "b"".
std::string ChangeWords(const std::vector<catalog::DossierChange>& changes);

// metadata.cc: archive, move, label: one transaction.
absl::Status ApplyMetadata(Run* run, const saved_plan::SavedAction& action,
                           ledger::PlanAction* row);
absl::Status UndoMetadata(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);
// The statements of an action with the schema they need, if this run has not made it yet.
absl::StatusOr<std::vector<saved_plan::Statement>> WithSchema(
    Run* run, const std::vector<saved_plan::Statement>& statements);
// Statements that have run in this transaction, or (`done` false) that are about to, one by one.
absl::Status RecordSteps(Run* run, const std::string& action_id,
                         const std::vector<saved_plan::Statement>& statements, bool done = true);
// Drops the schemas that the run made and undone actions have left empty.
absl::Status DropEmptySchemas(Run* run);

// prepare.cc: what the first merge into a target needs done to it; in the ledger under this id.
std::string PreparationId(const saved_plan::SavedPreparation& preparation);
absl::Status PrepareTarget(Run* run, const saved_plan::SavedAction& action);
// When nothing is left of what was merged into it.
absl::Status UndoPreparation(Run* run, const saved_plan::SavedAction& action);

// key.cc: add_pk of a table that is small enough to be locked meanwhile: one transaction.
absl::Status ApplyKey(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);
// Stores how a step of a key has left its table. Errors: Differences if more than that has changed.
absl::Status StoreKeyed(Run* run, const catalog::Dossier& before);
// online_key.cc: add_pk of a larger one, in many transactions.
absl::Status ApplyOnlineKey(Run* run, const saved_plan::SavedAction& action,
                            ledger::PlanAction* row);
// What an interrupted one may have left that no transaction takes back.
absl::Status DropUnfinishedIndex(Run* run, const saved_plan::SavedAction& action);
absl::Status UndoKey(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);

// fold.cc: merge_jsonb, merge_cols: one transaction.
absl::Status ApplyFold(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);
absl::Status UndoFold(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);

// merge.cc: a verified copy, whose source the session that locks it takes away in the end.
absl::Status ApplyMerge(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);
absl::Status UndoMerge(Run* run, const saved_plan::SavedAction& action, ledger::PlanAction* row);
// The action as the plan says it, the answers' actions included.
absl::StatusOr<plan::Action> PlannedAction(const Run& run, const std::string& id);

// metadata.cc: in an open transaction; runs and records the action's statements, or takes back
// those that are recorded.
absl::Status RelocateSource(Run* run, const saved_plan::SavedAction& action);
absl::Status RelocateBack(Run* run, const saved_plan::SavedAction& action);

// freeze.cc: the plan's leaf lock, its row in the ledger under this id.
inline constexpr const char* kFreezeId = "the leaf lock";
// When all that the plan can do is done.
absl::Status ApplyFreeze(Run* run);
// Before anything is taken back.
absl::Status UndoFreeze(Run* run);

// The lock that an action's statements need on its source.
inline std::string SourceLock(const saved_plan::SavedAction& action) {
  return action.method == "label" ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
}

}  // namespace regraft::apply
