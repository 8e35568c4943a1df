// merge: the rows are copied and proved by the copy engine; the source is taken away by the session
// that has locked it, so that between proof and farewell nobody can write to it.

#include "engine/apply/run.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/copy/copy_job.h"
#include "engine/plan/find_action.h"

#include "absl/strings/str_cat.h"

#include <functional>
#include <utility>

namespace regraft::apply {
namespace {

using saved_plan::SavedAction;

absl::StatusOr<plan::CopyRequest> RequestOf(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(const plan::Action planned, PlannedAction(*run, action.id));
  if (!planned.merge.has_value()) return absl::InternalError(action.id + " is no merge");
  plan::CopyRequest request{.mapping = planned.merge->mapping, .allow = planned.allow};
  ASSIGN_OR_RETURN(request.source, NameNow(run, action.source_oid, action.source));
  ASSIGN_OR_RETURN(request.target, NameNow(run, action.target_oid, action.target));
  if (!action.remainder_table.empty()) {
    ASSIGN_OR_RETURN(request.remainder, pg::ParseQualifiedName(action.remainder_table));
  }
  return request;
}

absl::StatusOr<copy::CopyOptions> OptionsOf(Run* run, const SavedAction& action) {
  copy::CopyOptions options{.source = run->options.connect, .target = run->options.connect};
  ASSIGN_OR_RETURN(options.request, RequestOf(run, action));
  options.jobs = run->options.jobs;
  options.lock_wait_seconds = run->options.lock_wait_seconds;
  options.say = run->options.say;
  options.on_tick = run->options.on_tick;
  options.stop_wanted = run->options.stop_wanted;
  options.pass = [run](pg::Connection& connection, const std::function<absl::Status()>& work) {
    return WithPermit(run, connection, work);
  };
  return options;
}

// Keys that were merged in must not be given to new rows. Positions of sequences are in no
// transaction; setting one twice is setting it once.
absl::Status AdvanceSequences(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(
      const pg::Result sequences,
      run->connection.Query(
          "SELECT quote_ident(a.attname), a.attrelid::regclass::text, s.name, q.seqincrement < 0 "
          "FROM pg_attribute a, pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) AS "
          "s(name) JOIN pg_sequence q ON q.seqrelid = s.name::regclass WHERE a.attrelid = $1 AND "
          "a.attnum > 0 AND NOT a.attisdropped",
          {absl::StrCat(action.target_oid)}));
  for (int row = 0; row < sequences.rows(); ++row) {
    const bool down = sequences.Bool(row, 3);
    const std::string sequence = run->connection.QuoteLiteral(sequences.Value(row, 2));
    const std::string last = absl::StrCat("pg_sequence_last_value(", sequence, "::regclass)");
    RETURN_IF_ERROR(run->connection.Run(
        absl::StrCat("SELECT setval(", sequence, ", m.top) FROM (SELECT ", down ? "min(" : "max(",
                     sequences.Text(row, 0), ") AS top FROM ", sequences.Text(row, 1),
                     ") AS m WHERE m.top IS NOT NULL AND (", last, " IS NULL OR m.top ",
                     down ? "<" : ">", " ", last, ")")));
  }
  return absl::OkStatus();
}

void TakeCounts(const copy::CopyReport& report, ledger::PlanAction* row) {
  row->rows_source = report.rows_source;
  row->rows_target = report.rows;
  row->rows_remainder = report.rows_remainder;
  row->remainder_table = report.remainder_table;
  row->source_digest = row->rebuilt_digest = report.whole_source_digest;  // the proof compared them
}

absl::Status CheckEquation(const copy::CopyReport& report) {
  if (report.rows_source == report.rows + report.rows_remainder) return absl::OkStatus();
  return Differences(absl::StrCat(report.rows_source, " rows in the source are not ", report.rows,
                                  " in the target and ", report.rows_remainder, " set aside"));
}

// What the copy engine knows of rows between the two tables.
absl::StatusOr<bool> HasRows(Run* run, const SavedAction& action) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   run->connection.Query(
                       "SELECT EXISTS (SELECT FROM regraft.run JOIN regraft.copy USING (copy_id) "
                       "WHERE state <> 'discarded' AND source_oid = $1 AND target_oid = $2)",
                       {absl::StrCat(action.source_oid), absl::StrCat(action.target_oid)}));
  return found.Bool(0, 0);
}

absl::Status FinishInside(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  RETURN_IF_ERROR(RelocateSource(run, action));
  row->state = "done";
  row->error.clear();
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

// Does `work` in the transaction of the session that holds a table's lock: a lock survives a
// savepoint that is rolled back.
absl::Status InSession(Run* run, pg::Connection& locker,
                       const std::function<absl::Status()>& work) {
  std::swap(run->connection, locker);
  pg::Connection& session = run->connection;
  const std::string begin =
      "SAVEPOINT regraft_conclude; " + pg::LockTimeoutSql(run->options.lock_wait_seconds);
  absl::Status done = pg::UntilNotLockedOut(PatienceOf(run), [&] {
    absl::Status attempt = session.Run(begin);
    if (attempt.ok()) attempt = WithPermit(run, session, work);
    if (!attempt.ok()) session.Run("ROLLBACK TO SAVEPOINT regraft_conclude").IgnoreError();
    return attempt;
  });
  std::swap(run->connection, locker);
  return done;
}

absl::Status FinishUndo(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  RETURN_IF_ERROR(RelocateBack(run, action));
  row->state = "undone";
  row->error.clear();
  RETURN_IF_ERROR(ledger::UpdatePlanAction(run->connection, run->run_id, *row));
  return DropEmptySchemas(run);
}

// Removes the rows that the copy engine knows of, if any. `conclude`: see copy::CopyOptions.
absl::Status RemoveRows(Run* run, const SavedAction& action,
                        std::function<absl::Status(pg::Connection&)> conclude) {
  ASSIGN_OR_RETURN(const bool any, HasRows(run, action));
  if (!any) return absl::OkStatus();
  ASSIGN_OR_RETURN(copy::CopyOptions options, OptionsOf(run, action));
  options.tolerate_absent = true;
  options.conclude = std::move(conclude);
  copy::CopyReport report;
  return copy::DiscardCopy(options, &report);
}

// The rows go and the source comes back in one transaction, or neither does.
absl::Status DiscardRows(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  return RemoveRows(run, action, [&](pg::Connection& session) -> absl::Status {
    RETURN_IF_ERROR(JoinSessions(session));
    return InSession(run, session, [&] { return FinishUndo(run, action, row); });
  });
}

// Without lock: what has changed is to be said before the rows move, not afterwards.
absl::Status CheckTables(Run* run, const SavedAction& action) {
  return InTransaction(run, [&]() -> absl::Status {
    RETURN_IF_ERROR(HoldRelation(run, action.source_oid, "").status());
    return HoldRelation(run, action.target_oid, "").status();
  });
}

absl::Status MarkRunning(Run* run, ledger::PlanAction* row) {
  row->state = "running";
  return ledger::UpdatePlanAction(run->connection, run->run_id, *row);
}

}  // namespace

absl::StatusOr<plan::Action> PlannedAction(const Run& run, const std::string& id) {
  std::optional<plan::Action> action = plan::FindAction(run.plan, id);
  if (!action.has_value()) return absl::InternalError("the plan has no action " + id);
  return *std::move(action);
}

absl::Status ApplyMerge(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  RETURN_IF_ERROR(MarkRunning(run, row));
  RETURN_IF_ERROR(PrepareTarget(run, action));
  RETURN_IF_ERROR(CheckTables(run, action));
  // What an interrupted copy has left is removed: its source has changed since.
  if (run->options.restart) RETURN_IF_ERROR(RemoveRows(run, action, nullptr));
  ASSIGN_OR_RETURN(copy::CopyOptions options, OptionsOf(run, action));
  copy::CopyReport report;
  options.conclude = [&](pg::Connection& locker) -> absl::Status {
    RETURN_IF_ERROR(CheckEquation(report));
    TakeCounts(report, row);
    RETURN_IF_ERROR(AdvanceSequences(run, action));
    RETURN_IF_ERROR(JoinSessions(locker));
    RETURN_IF_ERROR(InSession(run, locker, [&] { return FinishInside(run, action, row); }));
    return locker.Commit();
  };
  return copy::RunCopy(options, &report);
}

absl::Status UndoMerge(Run* run, const SavedAction& action, ledger::PlanAction* row) {
  RETURN_IF_ERROR(DiscardRows(run, action, row));
  // Where the copy engine knows of no rows, there is only the source to bring back.
  if (row->state != "undone")
    RETURN_IF_ERROR(InTransaction(run, [&] { return FinishUndo(run, action, row); }));
  return UndoPreparation(run, action);
}

}  // namespace regraft::apply
