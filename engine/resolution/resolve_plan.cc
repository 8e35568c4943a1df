#include "engine/resolution/resolve_plan.h"

#include "engine/base/status_macros.h"
#include "engine/pg/snapshot.h"
#include "engine/resolution/attachments.h"
#include "engine/resolution/bind.h"
#include "engine/resolution/checks.h"
#include "engine/resolution/comments.h"
#include "engine/resolution/needs.h"
#include "engine/resolution/relocate.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::resolution {
namespace {

using plan::ActionKind;
using saved_plan::Finding;
using saved_plan::SavedPlan;

void CheckReadable(Work* work) {
  for (const Relation* relation : {work->source, work->target})
    if (relation != nullptr) work->RefuseUnreadable(*relation);
}

absl::Status CountRows(Run* run, Work* work) {
  if (work->source == nullptr) return absl::OkStatus();
  const catalog::Table& table = work->source->table;
  work->saved.bytes = table.total_bytes();
  work->saved.estimated = run->options.estimate;
  if (run->options.estimate) {
    ASSIGN_OR_RETURN(
        const pg::Result rows,
        run->connection().Query(
            "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_class c "
            "WHERE c.oid = $1 OR c.oid IN (SELECT relid FROM pg_partition_tree($1))",
            {absl::StrCat(table.oid)}));
    work->saved.rows = rows.Int64(0, 0);
    return absl::OkStatus();
  }
  if (!work->source->unreadable.empty()) return absl::OkStatus();
  run->Say(absl::StrCat("counting ", work->saved.source));
  ASSIGN_OR_RETURN(const pg::Result rows,
                   run->connection().Execute(
                       absl::StrCat("SELECT count(*) FROM ", pg::QuoteQualified(table.name))));
  work->saved.rows = rows.Int64(0, 0);
  return absl::OkStatus();
}

void CheckExpected(Work* work) {
  const auto& expected = work->action->expected;
  if (!expected.has_value() || work->source == nullptr || work->saved.estimated) return;
  if (!work->source->unreadable.empty()) return;
  if (std::abs(work->saved.rows - expected->rows) <= expected->tolerance_rows) return;
  work->Refuse("row-count",
               absl::StrCat(work->saved.source, " has ", Count(work->saved.rows),
                            " rows; the plan expects ", Count(expected->rows),
                            expected->tolerance_rows > 0
                                ? absl::StrCat(", give or take ", Count(expected->tolerance_rows))
                                : ""),
               absl::StrCat("find out why, then expect_rows: ", work->saved.rows,
                            " or {rows: …, tolerance: 5%}"));
}

absl::Status ResolveByKind(Run* run, Work* work) {
  if (!work->action->todo.empty() || work->source == nullptr || work->unreadable)
    return absl::OkStatus();
  switch (work->action->kind) {
    case ActionKind::kMerge:
      return work->target == nullptr ? absl::OkStatus() : ResolveMerge(run, work);
    case ActionKind::kMergeJsonb:
    case ActionKind::kMergeCols:
      return work->target == nullptr ? absl::OkStatus() : ResolveFold(run, work);
    case ActionKind::kAddPk:
      return ResolveKey(run, work);
    case ActionKind::kKeepAsMv:
      ResolveLabel(work);
      return absl::OkStatus();
    case ActionKind::kPending:
      return ResolveQuestion(run, work);
    case ActionKind::kArchive:
    case ActionKind::kMove:
      work->saved.method = "same OID";
  }
  return absl::OkStatus();
}

// What of the plan is nobody's action.
std::vector<Finding> CheckWhole(const plan::Plan& plan) {
  std::vector<Finding> findings;
  if (const auto& counts = plan.reconciliation; counts.has_value() && counts->acknowledged.empty())
    findings.push_back({"refusal", "reconciliation",
                        absl::StrCat("the document declares ", counts->declared,
                                     " actions and lists ", counts->itemised),
                        "reconciliation: {acknowledged: NAME} says that this is known"});
  const auto add_todos = [&](const std::string& what, const std::vector<std::string>& todos) {
    for (const std::string& todo : todos)
      findings.push_back({"refusal", "todo", absl::StrCat(what, ": still to be decided: ", todo),
                          "decide it in the plan and take the todo out"});
  };
  for (const plan::Preparation& preparation : plan.preparations)
    add_todos("prepare " + pg::DisplayName(preparation.table), preparation.todo);
  for (const plan::Audit& audit : plan.audits) add_todos("audit " + audit.id, audit.todo);
  if (!plan.lock.has_value()) return findings;
  add_todos("lock", plan.lock->todo);
  for (const plan::Leaf& leaf : plan.lock->leaves)
    add_todos("lock " + pg::DisplayName(leaf.table), leaf.todo);
  return findings;
}

class PlanResolver {
 public:
  PlanResolver(const plan::Plan& plan, const ResolveOptions& options,
               const pg::ConnectOptions& connect, pg::Connection* connection)
      : plan_(plan),
        options_(options),
        run_{.plan = plan,
             .options = options,
             .connect = connect,
             .world = World(connection),
             .snapshot = ""} {}

  absl::StatusOr<SavedPlan> Resolve() {
    ASSIGN_OR_RETURN(run_.snapshot, pg::BeginAndExport(&run_.connection()));
    RETURN_IF_ERROR(Describe());
    bound_ = Answer(plan_, options_.answers);
    ASSIGN_OR_RETURN(works_, Bind(&run_, bound_.actions));
    ASSIGN_OR_RETURN(saved_.preparations, PrepareTargets(&run_));
    ASSIGN_OR_RETURN(saved_.findings, CheckContradictions(&run_, &works_));
    ASSIGN_OR_RETURN(const std::vector<Finding> names, CheckNames(&run_, works_));
    saved_.findings.insert(saved_.findings.end(), names.begin(), names.end());
    for (Work& work : works_) {
      if (!options_.estimate) CheckReadable(&work);
      RETURN_IF_ERROR(CountRows(&run_, &work));
      CheckExpected(&work);
      run_.Say("resolving " + work.saved.id);
      RETURN_IF_ERROR(
          Annotate(ResolveByKind(&run_, &work), absl::StrCat("while resolving ", work.saved.id)));
    }
    OrderWorks(&works_);
    for (Work& work : works_) RETURN_IF_ERROR(Annotate(ResolveInOrder(&work), work.saved.id));
    RETURN_IF_ERROR(NameAttachments(&run_, &works_));
    Block(&works_, bound_.answers);
    ASSIGN_OR_RETURN(saved_.fingerprint, TakeFingerprint(&run_, works_));
    Finish();
    RETURN_IF_ERROR(run_.connection().Run("COMMIT"));
    return std::move(saved_);
  }

 private:
  absl::Status Describe() {
    ASSIGN_OR_RETURN(const catalog::DatabaseIdentity identity,
                     catalog::ReadDatabaseIdentity(run_.connection()));
    saved_.tool = options_.tool;
    saved_.name = plan_.name;
    saved_.plan_text = options_.plan_text;
    saved_.system_identifier = identity.system_identifier;
    saved_.database = identity.database;
    saved_.database_oid = identity.database_oid;
    saved_.server_version = run_.connection().server_version();
    saved_.planner = options_.planner;
    saved_.approvals_required = plan_.approvals.required;
    saved_.not_by_planner = plan_.approvals.not_by_planner;
    saved_.lifetime_seconds = plan_.lifetime_seconds;
    return absl::OkStatus();
  }

  // What depends on the names and comments that the actions before leave.
  absl::Status ResolveInOrder(Work* work) {
    if (work->source == nullptr || !work->action->todo.empty() || work->on_circle)
      return absl::OkStatus();
    if (work->action->kind == ActionKind::kKeepAsMv)
      return AddComment(&run_, work, work->SourceName(),
                        "kept as materialized view (a label; the table is not converted)");
    if (!MovesSource(*work)) return absl::OkStatus();
    return Relocate(&run_, work, &names_, *work->new_name, work->view_remains);
  }

  void Finish() {
    saved_.answers = bound_.answers;
    const std::vector<Finding> whole = CheckWhole(plan_);
    saved_.findings.insert(saved_.findings.end(), whole.begin(), whole.end());
    saved_.findings.insert(saved_.findings.end(), bound_.findings.begin(), bound_.findings.end());
    for (Work& work : works_) {
      if (work.refused()) work.saved.state = "refused";
      saved_.actions.push_back(std::move(work.saved));
    }
  }

  const plan::Plan& plan_;
  const ResolveOptions& options_;
  Run run_;
  BoundPlan bound_;
  std::vector<Work> works_;
  Names names_;
  SavedPlan saved_;
};

}  // namespace

absl::StatusOr<SavedPlan> ResolvePlan(const plan::Plan& plan, const ResolveOptions& options,
                                      const pg::ConnectOptions& connect) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(connect));
  return PlanResolver(plan, options, connect, &connection).Resolve();
}

}  // namespace regraft::resolution
