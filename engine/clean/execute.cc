#include "engine/approval/approval.h"
#include "engine/approval/judge.h"
#include "engine/approval/staleness.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/clean/clean.h"
#include "engine/clean/execution.h"
#include "engine/clean/transaction.h"
#include "engine/ledger/apply_lock.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/plan/read_plan.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <set>

namespace regraft::clean {
namespace {

using saved_plan::SavedAction;

class Cleaner {
 public:
  Cleaner(const CleanOptions& options, pg::Connection connection, plan::Plan plan,
          CleanReport* report)
      : options_(options),
        connection_(std::move(connection)),
        plan_(std::move(plan)),
        report_(*report) {}

  absl::Status Run() {
    for (const SavedAction& action : options_.plan.actions)
      if (action.method == kRepairMethod)
        report_.repairs.push_back(
            {.id = action.id, .kind = action.kind, .table = action.source, .state = "waiting"});
    RETURN_IF_ERROR(CheckIds());
    RETURN_IF_ERROR(Begin());
    for (RepairReport& repair : report_.repairs) {
      if (repair.state == "done" || !IsWanted(repair.id)) continue;
      RETURN_IF_ERROR(RunOne(&repair));
    }
    return absl::OkStatus();
  }

 private:
  [[nodiscard]] bool IsWanted(const std::string& id) const {
    return options_.only.empty() || options_.only.contains(id);
  }

  absl::Status CheckIds() const {
    for (const std::string& id : options_.only)
      if (std::none_of(report_.repairs.begin(), report_.repairs.end(),
                       [&](const RepairReport& repair) { return repair.id == id; }))
        return BadPlan(absl::StrCat("--only ", id, ": ", options_.file, " has no such repair"));
    return absl::OkStatus();
  }

  // A run of this file that is not finished goes on; otherwise an approval opens a new one.
  absl::Status Begin() {
    RETURN_IF_ERROR(ledger::TakeApplyLock(connection_, options_.lock_wait_seconds, options_.say));
    ASSIGN_OR_RETURN(const bool found, FindRun());
    if (!found) RETURN_IF_ERROR(PassGate());
    return is_stored_ ? absl::OkStatus() : StoreBeginning();
  }

  absl::Status PassGate() {
    ASSIGN_OR_RETURN(std::vector<std::string> reasons,
                     approval::StaleReasons(connection_, options_.plan));
    const approval::Candidate candidate{
        .plan = options_.plan, .stale_reasons = std::move(reasons), .file = options_.file};
    ASSIGN_OR_RETURN(const approval::Gate gate, approval::CheckGate(connection_, candidate));
    if (!gate.open()) return finished_run_ == 0 ? approval::Closed(gate) : SayDone();
    RETURN_IF_ERROR(options_.confirm(absl::StrCat(gate.words, ". Repair now?")));
    RETURN_IF_ERROR(ledger::Install(connection_));
    ASSIGN_OR_RETURN(report_.run_id, approval::Consume(connection_, candidate));
    return absl::OkStatus();
  }

  absl::Status SayDone() {
    report_.run_id = finished_run_;
    is_stored_ = true;
    for (RepairReport& repair : report_.repairs) repair.state = "done";
    options_.say(absl::StrCat(options_.file, " is done already, by run ", finished_run_,
                              "; regraft clean --undo takes a repair back"));
    return absl::OkStatus();
  }

  absl::Status StoreBeginning() {
    ASSIGN_OR_RETURN(const std::string document, saved_plan::WriteSavedPlan(options_.plan));
    std::vector<ledger::PlanAction> rows;
    for (const SavedAction& action : options_.plan.actions)
      if (action.method == kRepairMethod)
        rows.push_back({.id = action.id,
                        .position = static_cast<int>(rows.size()) + 1,
                        .kind = action.kind,
                        .source = action.source,
                        .target = action.source,
                        .source_oid = action.source_oid,
                        .target_oid = action.source_oid});
    return InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
      RETURN_IF_ERROR(ledger::StoreSavedPlan(connection_, options_.plan.sha256, document));
      return ledger::InsertPlanActions(connection_, report_.run_id, rows);
    });
  }

  absl::StatusOr<bool> FindRun() {
    ASSIGN_OR_RETURN(const bool has_clean, ledger::HasClean(connection_));
    if (!has_clean) return false;
    ASSIGN_OR_RETURN(const auto run_id, ledger::FindPlanRun(connection_, options_.plan.sha256));
    if (!run_id.has_value()) return false;
    ASSIGN_OR_RETURN(const auto rows, ledger::ReadPlanActions(connection_, *run_id));
    // Something taken back closes a run, and so does its end: what comes then is another one.
    const auto is = [](const char* state) {
      return [state](const ledger::PlanAction& row) { return row.state == state; };
    };
    if (std::any_of(rows.begin(), rows.end(), is("undone"))) return false;
    if (!rows.empty() && std::all_of(rows.begin(), rows.end(), is("done"))) {
      finished_run_ = *run_id;
      return false;
    }
    report_.run_id = *run_id;
    // Without rows it ended between the approval's use and what it begins with.
    is_stored_ = !rows.empty();
    for (RepairReport& repair : report_.repairs)
      for (const ledger::PlanAction& row : rows)
        if (row.id == repair.id) repair.state = row.state;
    return true;
  }

  absl::Status RunOne(RepairReport* repair) {
    const auto& actions = options_.plan.actions;
    const SavedAction& action =
        *std::find_if(actions.begin(), actions.end(),
                      [&](const SavedAction& one) { return one.id == repair->id; });
    const plan::Repair& planned =
        *std::find_if(plan_.repairs.begin(), plan_.repairs.end(),
                      [&](const plan::Repair& one) { return one.id == repair->id; });
    options_.say(absl::StrCat(repair->id, ": ", action.rows, " rows of ", action.source));
    const absl::Status done =
        InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
          return WithPermit(connection_, options_.plan.sha256,
                            [&]() -> absl::Status { return Execute(planned, action, repair); });
        });
    repair->touched = true;
    if (done.ok()) return absl::OkStatus();
    repair->state = "failed";
    repair->words = absl::StrCat(done.message());
    // What failed is the cause; a lost session cannot record it either.
    RecordFailure(*repair).IgnoreError();
    return Annotate(done, "repair " + repair->id);
  }

  // Never over what is done: the undo would not find it again.
  absl::Status RecordFailure(const RepairReport& repair) {
    return InTransaction(connection_, options_.lock_wait_seconds, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const std::string state,
                       ledger::HoldRepair(connection_, report_.run_id, repair.id));
      if (state == "done" || state == "undone") return absl::OkStatus();
      ledger::PlanAction row{.id = repair.id};
      row.state = "failed";
      row.error = repair.words;
      return ledger::UpdatePlanAction(connection_, report_.run_id, row);
    });
  }

  absl::Status Execute(const plan::Repair& planned, const SavedAction& action,
                       RepairReport* repair) {
    ASSIGN_OR_RETURN(const std::string state,
                     ledger::HoldRepair(connection_, report_.run_id, repair->id));
    if (state == "done" || state == "undone") {
      repair->state = state;
      return absl::OkStatus();
    }
    // The names decide what is locked; what they mean stays as it is from then on.
    ASSIGN_OR_RETURN(const Target named, Bind(planned));
    RETURN_IF_ERROR(LockTables(connection_, named));
    ASSIGN_OR_RETURN(const Target target, Bind(planned));
    RETURN_IF_ERROR(CheckFresh(target));
    const int position = static_cast<int>(repair - report_.repairs.data()) + 1;
    return ExecuteRepair(connection_, {report_.run_id, position, action}, target, repair);
  }

  absl::StatusOr<Target> Bind(const plan::Repair& planned) {
    std::vector<std::string> mistakes;
    ASSIGN_OR_RETURN(Target target, BindRepair(connection_, planned, &mistakes));
    mistakes.insert(mistakes.end(), target.problems.begin(), target.problems.end());
    if (!mistakes.empty()) return NotApproved(absl::StrJoin(mistakes, "; "));
    return target;
  }

  // Whether the tables are those of the proposal, as they were then; a run that goes on after days
  // asks this too.
  absl::Status CheckFresh(const Target& target) {
    const std::set<uint32_t> oids = Relations(target);
    saved_plan::SavedPlan part = options_.plan;
    std::erase_if(part.fingerprint,
                  [&](const auto& relation) { return !oids.contains(relation.oid); });
    ASSIGN_OR_RETURN(std::vector<std::string> reasons, approval::StaleReasons(connection_, part));
    if (part.fingerprint.size() != oids.size())
      reasons.emplace_back("other tables take part now than when it was proposed");
    if (reasons.empty()) return absl::OkStatus();
    return NotApproved(absl::StrCat(absl::StrJoin(reasons, "; "),
                                    "; nothing of this repair was done. Propose and approve it "
                                    "again"));
  }

  const CleanOptions& options_;
  pg::Connection connection_;
  plan::Plan plan_;
  CleanReport& report_;
  bool is_stored_ = false;    // the run has its rows
  int64_t finished_run_ = 0;  // that has done all of this file, the latest; 0: none
};

}  // namespace

absl::Status Clean(const CleanOptions& options, CleanReport* report) {
  ASSIGN_OR_RETURN(plan::Plan plan, plan::ReadPlan(options.plan.plan_text, options.file));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options.connect));
  return Cleaner(options, std::move(connection), std::move(plan), report).Run();
}

}  // namespace regraft::clean
