#include "engine/proof/verify.h"

#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"
#include "engine/plan/nearest_word.h"
#include "engine/plan/read_plan.h"
#include "engine/proof/check.h"
#include "engine/proof/receipt.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace regraft::proof {
namespace {

using saved_plan::SavedAction;

absl::Status CheckIds(const VerifyOptions& options) {
  std::vector<std::string_view> ids;
  for (const SavedAction& action : options.plan.actions) ids.push_back(action.id);
  for (const std::string& id : options.actions)
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      return BadPlan(absl::StrCat("--action ", id, ": the plan has no such action",
                                  plan::SuggestWord(id, ids)));
  return absl::OkStatus();
}

absl::Status NothingDone(const VerifyOptions& options, const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "there is nothing to verify: ", why, "; regraft apply ", options.file, " executes it"));
}

absl::Status LoadRun(const VerifyOptions& options, pg::Connection& connection, Plan* plan) {
  ASSIGN_OR_RETURN(const bool installed, ledger::HasPlanActions(connection));
  std::optional<int64_t> run;
  if (installed) {
    ASSIGN_OR_RETURN(run, ledger::FindPlanRun(connection, options.plan.sha256));
  }
  if (!run.has_value()) return NothingDone(options, "this plan was not applied in this database");
  plan->run_id = *run;
  ASSIGN_OR_RETURN(plan->actions, ledger::ReadPlanActions(connection, *run));
  return absl::OkStatus();
}

// Tables of a restored copy of the database have other OIDs: all would seem to be gone.
absl::Status CheckDatabase(const VerifyOptions& options, pg::Connection& connection) {
  ASSIGN_OR_RETURN(const auto here, catalog::ReadDatabaseIdentity(connection));
  const std::string other = OtherDatabase({.system_identifier = options.plan.system_identifier,
                                           .database = options.plan.database,
                                           .database_oid = options.plan.database_oid},
                                          here);
  return other.empty() ? absl::OkStatus() : NothingDone(options, "the plan is " + other);
}

class Verifier {
 public:
  Verifier(const VerifyOptions& options, Reader* reader, const Plan& plan, VerifyReport* report)
      : options_(options), reader_(*reader), plan_(plan), report_(*report) {}

  absl::Status Run() {
    size_t count = 0, number = 0;
    for (const SavedAction& action : options_.plan.actions)
      if (IsToCheck(action)) ++count;
    for (const SavedAction& action : options_.plan.actions) {
      if (!IsWanted(action)) continue;
      report_.actions.push_back(ProofOf(action));
      const ledger::PlanAction* row = plan_.Row(action.id);
      if (action.state != "blocked" && row != nullptr) report_.actions.back().state = row->state;
      if (!IsToCheck(action)) continue;
      options_.on_action(action.id, ++number, count);
      RETURN_IF_ERROR(Annotate(CheckOne(action, *row), action.id));
    }
    if (count == 0) return NothingDone(options_, NothingWords());
    if (options_.prove && !AnyDamaged() && AllEqual())
      return absl::FailedPreconditionError(
          "--prove has shown nothing: no merge or fold has rows that could be damaged");
    ASSIGN_OR_RETURN(report_.targets, ReadEquations(&reader_, plan_, report_.actions));
    return absl::OkStatus();
  }

 private:
  [[nodiscard]] bool IsWanted(const SavedAction& action) const {
    return options_.actions.empty() || options_.actions.contains(action.id);
  }
  // An answered question is no change by itself: its option's actions stand beside it.
  [[nodiscard]] bool IsToCheck(const SavedAction& action) const {
    return IsWanted(action) && plan_.IsDone(action.id) && action.method != "question";
  }

  [[nodiscard]] bool AnyDamaged() const {
    return std::any_of(report_.actions.begin(), report_.actions.end(),
                       [](const ActionProof& proof) { return proof.rows_damaged > 0; });
  }
  [[nodiscard]] bool AllEqual() const {
    return std::all_of(report_.actions.begin(), report_.actions.end(),
                       [](const ActionProof& proof) { return proof.equal || !proof.checked; });
  }

  [[nodiscard]] std::string NothingWords() const {
    if (options_.actions.empty()) return "no action of this plan is done";
    return absl::StrCat("not done: ", absl::StrJoin(options_.actions, ", "));
  }

  absl::Status CheckOne(const SavedAction& action, const ledger::PlanAction& row) {
    const Stopwatch watch;
    ActionProof& proof = report_.actions.back();
    Check check{.reader = reader_, .plan = plan_, .action = action, .row = row, .proof = &proof};
    const bool moved = action.method == "copy" || action.method == "fold";
    RETURN_IF_ERROR(moved ? CheckMoved(&check) : CheckSameOid(&check));
    proof.checked = true;
    proof.equal = proof.differences.empty();
    if (options_.receipts) AddReceipt(check);
    if (options_.prove && moved && proof.equal) RETURN_IF_ERROR(ProveDamages(&check));
    proof.seconds = watch.seconds();
    return absl::OkStatus();
  }

  static void AddReceipt(const Check& check) {
    if (!check.proof->equal)
      check.Note("no receipt: it is not what it must be");
    else if (check.proof->live)
      check.Note("no receipt: others go on writing to it");
    else if (check.found.has_value())
      check.proof->receipt = WriteReceipt(MakeReceipt(check));
  }

  const VerifyOptions& options_;
  Reader& reader_;
  const Plan& plan_;
  VerifyReport& report_;
};

absl::Status WriteLedger(const VerifyOptions& options, int64_t run_id, const VerifyReport& report) {
  pg::ConnectOptions connect = options.connect;
  connect.role = "verify-ledger";
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(connect));
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  for (const ActionProof& proof : report.actions) {
    if (!proof.checked) continue;
    RETURN_IF_ERROR(
        ledger::InsertPlanVerification(connection, run_id,
                                       {.action_id = proof.id,
                                        .verified_at = "",
                                        .equal = proof.equal,
                                        .rows_source = proof.rows_source,
                                        .rows_target = proof.rows_target,
                                        .rows_remainder = proof.rows_remainder,
                                        .source_digest = proof.source_digest,
                                        .rebuilt_digest = proof.rebuilt_digest,
                                        .words = absl::StrJoin(proof.differences, "; ")}));
    if (proof.receipt.empty()) continue;
    RETURN_IF_ERROR(ledger::StoreReceipt(connection, run_id, proof.id, RootNamed(proof.receipt),
                                         proof.receipt));
  }
  return connection.Commit();
}

// What was verified is true whether or not it could be written down.
void Record(const VerifyOptions& options, int64_t run_id, VerifyReport* report) {
  const absl::Status written = WriteLedger(options, run_id, *report);
  report->recorded = written.ok();
  if (!written.ok()) report->record_note = absl::StrCat(written.message());
}

absl::Status Conclude(const VerifyReport& report) {
  std::vector<std::string> failed;
  for (const ActionProof& proof : report.actions) {
    if (proof.checked && !proof.equal)
      failed.push_back(absl::StrCat(proof.id, ": ", proof.differences.front()));
    for (const DamageReport& damage : proof.damages)
      if (damage.tried && !damage.caught)
        failed.push_back(absl::StrCat(proof.id, ": the comparison does not see this damage: ",
                                      damage.kind, " in ", damage.place));
  }
  if (failed.empty()) return absl::OkStatus();
  return Differences(
      absl::StrCat("not everything is as it must be:\n  - ", absl::StrJoin(failed, "\n  - ")));
}

}  // namespace

absl::Status Verify(const VerifyOptions& options, VerifyReport* report) {
  const Stopwatch watch;
  for (const SavedAction& action : options.plan.actions)
    if (action.method == "repair")
      return BadPlan(absl::StrCat(options.file,
                                  " is a proposal of repairs: each was proved before it "
                                  "was committed; regraft audit checks the data again"));
  RETURN_IF_ERROR(CheckIds(options));
  ASSIGN_OR_RETURN(Reader reader, Reader::Open(options.connect, options.jobs));
  ASSIGN_OR_RETURN(plan::Plan text, plan::ReadPlan(options.plan.plan_text, options.file));
  Plan plan{.saved = options.plan, .text = std::move(text)};
  RETURN_IF_ERROR(CheckDatabase(options, reader.connection()));
  RETURN_IF_ERROR(LoadRun(options, reader.connection(), &plan));
  report->run_id = plan.run_id;
  RETURN_IF_ERROR(Verifier(options, &reader, plan, report).Run());
  Record(options, plan.run_id, report);
  report->seconds = watch.seconds();
  return Conclude(*report);
}

}  // namespace regraft::proof
