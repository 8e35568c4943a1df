#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"
#include "engine/pg/identifier.h"
#include "engine/report/parts.h"
#include "engine/report/report.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <utility>

namespace regraft::report {
namespace {

using saved_plan::Finding;
using saved_plan::SavedPlan;

absl::StatusOr<std::string> DatabaseName(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result name, connection.Execute("SELECT current_database()"));
  return name.Text(0, 0);
}

absl::Status NothingExecuted(const std::string& database, const Choice& choice) {
  return absl::NotFoundError(
      absl::StrCat(choice.plan_sha256.empty() ? "no plan" : "nothing of " + choice.file,
                   " was executed in database ", database, " yet; next: regraft apply ",
                   choice.file, "; regraft approvals says whether it may run"));
}

// Which runs there are, for whoever has named one that is not.
absl::StatusOr<std::string> KnownRuns(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result runs,
      connection.Execute("SELECT string_agg(run_id::text, ', ' ORDER BY run_id) FROM (SELECT "
                         "run_id FROM regraft.plan_run ORDER BY run_id DESC LIMIT 20) AS r"));
  return runs.Text(0, 0);
}

absl::StatusOr<int64_t> ChooseRun(pg::Connection& connection, const Choice& choice,
                                  const std::string& database) {
  const std::string sha = choice.plan_sha256;
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query(
          "SELECT max(run_id) FILTER (WHERE $1::bigint IS NULL OR run_id = $1), "
          "count(*) FROM regraft.plan_run WHERE $2 = '' OR plan_sha256 = $2",
          {choice.run.has_value() ? std::optional(absl::StrCat(*choice.run)) : std::nullopt, sha}));
  if (!found.IsNull(0, 0)) return found.Int64(0, 0);
  if (!choice.run.has_value() || found.Int64(0, 1) == 0) return NothingExecuted(database, choice);
  ASSIGN_OR_RETURN(const std::string known, KnownRuns(connection));
  return BadPlan(absl::StrCat("database ", database, " has no run ", *choice.run,
                              sha.empty() ? "" : " of " + choice.file, "; its runs are ", known,
                              "; next: regraft report, for the latest"));
}

absl::Status FillRun(pg::Connection& connection, Report* report) {
  ASSIGN_OR_RETURN(
      const pg::Result run,
      connection.Query(
          absl::StrCat(
              "SELECT r.plan_sha256, r.number, r.session_role, ", TimeSql("r.started_at"), ", ",
              TimeSql("a.ended"), ", ", TimeSql("a.undone"), ", ", TimeSql("clock_timestamp()"),
              ", extract(epoch FROM a.ended - r.started_at)::float8, (SELECT max(run_id) FROM "
              "regraft.plan_run l WHERE l.plan_sha256 = r.plan_sha256) FROM regraft.plan_run r, "
              "LATERAL (SELECT max(finished_at) AS ended, max(undone_at) AS undone FROM "
              "regraft.plan_action a WHERE a.run_id = r.run_id) AS a WHERE r.run_id = $1"),
          {absl::StrCat(report->run)}));
  report->sha256 = run.Text(0, 0);
  report->number = run.Int64(0, 1);
  report->session_role = run.Text(0, 2);
  report->started_at = run.Text(0, 3);
  report->finished_at = run.Text(0, 4);
  report->undone_at = run.Text(0, 5);
  report->made_at = run.Text(0, 6);
  if (!run.IsNull(0, 7)) report->seconds = std::stod(run.Text(0, 7));
  report->latest_run = run.Int64(0, 8);
  return absl::OkStatus();
}

void FillPlan(const SavedPlan& plan, Report* report) {
  report->plan = plan.name;
  report->tool = plan.tool;
  report->planner = plan.planner;
  report->approvals_required = plan.approvals_required;
  report->not_by_planner = plan.not_by_planner;
  SortFindings(plan.findings, &report->hazards, &report->notes);
}

absl::Status Fill(pg::Connection& connection, const Choice& choice, Report* report) {
  ASSIGN_OR_RETURN(report->database, DatabaseName(connection));
  ASSIGN_OR_RETURN(const bool installed, ledger::HasPlanActions(connection));
  if (!installed) return NothingExecuted(report->database, choice);
  ASSIGN_OR_RETURN(report->run, ChooseRun(connection, choice, report->database));
  RETURN_IF_ERROR(FillRun(connection, report));
  const absl::StatusOr<SavedPlan> plan = ReadPlanOf(connection, report->sha256);
  if (absl::IsNotFound(plan.status()))
    return absl::NotFoundError(absl::StrCat("run ", report->run,
                                            " was opened, but has not begun anything; next: "
                                            "regraft apply ",
                                            choice.file));
  RETURN_IF_ERROR(plan.status());
  FillPlan(*plan, report);
  RETURN_IF_ERROR(FillActions(connection, *plan, report));
  RETURN_IF_ERROR(FillQuestions(connection, *plan, report));
  ASSIGN_OR_RETURN(report->approvals, approval::ListApprovals(connection, report->sha256));
  return absl::OkStatus();
}

absl::Status WithReadGrant(pg::Connection& connection, const absl::Status& status) {
  if (pg::Sqlstate(status) != pg::kInsufficientPrivilege) return status;
  const auto name = connection.Execute("SELECT quote_ident(session_user)");
  const std::string role = name.ok() ? name->Text(0, 0) : "ROLE";
  return Annotate(
      status, absl::StrCat("a report needs the right to read the ledger; its owner "
                           "gives it: GRANT USAGE ON SCHEMA regraft TO ",
                           role, "; GRANT SELECT ON ALL TABLES IN SCHEMA regraft TO ", role, ";"));
}

}  // namespace

absl::StatusOr<SavedPlan> ReadPlanOf(pg::Connection& connection, const std::string& plan_sha256) {
  ASSIGN_OR_RETURN(const std::string document, ledger::ReadSavedPlan(connection, plan_sha256));
  return saved_plan::ReadSavedPlan(document,
                                   "regraft.saved_plan " + std::string(plan_sha256, 0, 12));
}

std::string OidList(const std::vector<uint32_t>& oids) {
  return absl::StrCat("{", absl::StrJoin(oids, ","), "}");
}

void SortFindings(const std::vector<Finding>& findings, std::vector<Finding>* hazards,
                  std::vector<Finding>* notes) {
  for (const Finding& finding : findings)
    (finding.kind == "note" ? notes : hazards)->push_back(finding);
}

std::string ForPeople(const std::string& stored_name) {
  const absl::StatusOr<pg::QualifiedName> name = pg::ParseQualifiedName(stored_name);
  return name.ok() ? pg::DisplayName(*name) : stored_name;
}

std::string TimeSql(const std::string& expression) {
  return absl::StrCat("coalesce(to_char((", expression,
                      ") AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"'), '')");
}

absl::StatusOr<Report> ReadReport(pg::Connection& connection, const Choice& choice) {
  Report report;
  RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  const absl::Status filled = Fill(connection, choice, &report);
  const absl::Status ended = connection.Run(filled.ok() ? "COMMIT" : "ROLLBACK");
  if (!filled.ok()) return WithReadGrant(connection, filled);
  RETURN_IF_ERROR(ended);
  return report;
}

}  // namespace regraft::report
