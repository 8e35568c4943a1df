#include "engine/ledger/plan_runs.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/identifier.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace regraft::ledger {
namespace {

using nlohmann::json;

constexpr const char* kInsertAction = R"sql(
INSERT INTO regraft.plan_action (run_id, action_id, position, kind, source, target, discriminator, state,
                                 source_oid, target_oid, blocked_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
)sql";

constexpr const char* kReadActions = R"sql(
SELECT action_id, position, kind, source, target, discriminator, state, rows_source, rows_target,
       rows_remainder, coalesce(remainder_table, ''), coalesce(source_digest, ''),
       coalesce(rebuilt_digest, ''), coalesce(error, ''), source_oid, target_oid
FROM regraft.plan_action WHERE run_id = $1 ORDER BY position
)sql";

constexpr const char* kUpdateAction = R"sql(
UPDATE regraft.plan_action
SET state = $3::text, rows_source = $4, rows_target = $5, rows_remainder = $6,
    remainder_table = nullif($7, ''), source_digest = nullif($8, ''),
    rebuilt_digest = nullif($9, ''), error = nullif($10, ''),
    started_at = CASE WHEN $3 = 'running' THEN clock_timestamp() ELSE coalesce(started_at, now()) END,
    finished_at = CASE $3 WHEN 'done' THEN clock_timestamp() WHEN 'undone' THEN finished_at END,
    verified_at = CASE $3 WHEN 'done' THEN clock_timestamp() WHEN 'undone' THEN verified_at END,
    undone_at = CASE $3 WHEN 'undone' THEN clock_timestamp() END
WHERE run_id = $1 AND action_id = $2
)sql";

std::optional<std::string> Number(const std::optional<int64_t>& value) {
  return value.has_value() ? std::optional(absl::StrCat(*value)) : std::nullopt;
}

PlanAction ActionFromRow(const pg::Result& result, int row) {
  return {.id = result.Text(row, 0),
          .position = static_cast<int>(result.Int64(row, 1)),
          .kind = result.Text(row, 2),
          .source = result.Text(row, 3),
          .target = result.Text(row, 4),
          .discriminator = result.Text(row, 5),
          .source_oid = static_cast<uint32_t>(result.Int64(row, 14)),
          .target_oid = static_cast<uint32_t>(result.Int64(row, 15)),
          .state = result.Text(row, 6),
          .rows_source = result.OptionalInt64(row, 7),
          .rows_target = result.OptionalInt64(row, 8),
          .rows_remainder = result.OptionalInt64(row, 9),
          .remainder_table = result.Text(row, 10),
          .source_digest = result.Text(row, 11),
          .rebuilt_digest = result.Text(row, 12),
          .error = result.Text(row, 13)};
}

absl::Status StoreDossier(pg::Connection& connection, int64_t run_id,
                          const catalog::Dossier& dossier) {
  const std::string name = pg::QuoteQualified(dossier.name);
  const pg::Parameters parameters = {
      absl::StrCat(run_id), absl::StrCat(dossier.oid), name,
      json(dossier.facts).dump(-1, ' ', false, json::error_handler_t::replace)};
  ASSIGN_OR_RETURN(const pg::Result updated,
                   connection.Query("UPDATE regraft.plan_dossier SET name = $3, facts = $4 "
                                    "WHERE run_id = $1 AND relation = $2",
                                    parameters));
  if (updated.affected_rows() > 0) return absl::OkStatus();
  return connection
      .Query(
          "INSERT INTO regraft.plan_dossier (run_id, relation, name, facts) "
          "VALUES ($1, $2, $3, $4)",
          parameters)
      .status();
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> FindPlanRun(pg::Connection& connection,
                                                   const std::string& plan_sha256) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query("SELECT run_id FROM regraft.plan_run WHERE plan_sha256 = $1 "
                                    "ORDER BY number DESC LIMIT 1",
                                    {plan_sha256}));
  if (result.rows() == 0) return std::nullopt;
  return std::optional(result.Int64(0, 0));
}

absl::Status StoreSavedPlan(pg::Connection& connection, const std::string& plan_sha256,
                            const std::string& document) {
  return connection
      .Query(
          "INSERT INTO regraft.saved_plan (plan_sha256, document) SELECT $1, $2 WHERE NOT EXISTS "
          "(SELECT FROM regraft.saved_plan WHERE plan_sha256 = $1)",
          {plan_sha256, document})
      .status();
}

absl::StatusOr<std::string> ReadSavedPlan(pg::Connection& connection,
                                          const std::string& plan_sha256) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT document FROM regraft.saved_plan WHERE plan_sha256 = $1",
                       {plan_sha256}));
  if (result.rows() == 1) return std::string(result.Value(0, 0));
  return absl::NotFoundError(
      absl::StrCat("the ledger holds no saved plan with SHA-256 ", plan_sha256));
}

absl::StatusOr<std::string> PlanOfRun(pg::Connection& connection, int64_t run_id) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query("SELECT max(plan_sha256) FILTER (WHERE run_id = $1), "
                       "coalesce(string_agg(run_id::text, ', ' ORDER BY run_id) FILTER (WHERE "
                       "latest <= 20), 'none') FROM (SELECT run_id, plan_sha256, row_number() OVER "
                       "(ORDER BY run_id DESC) AS latest FROM regraft.plan_run) AS r",
                       {absl::StrCat(run_id)}));
  if (!found.IsNull(0, 0)) return found.Text(0, 0);
  return BadPlan(
      absl::StrCat("the ledger has no run ", run_id, "; its runs are: ", found.Text(0, 1)));
}

absl::Status InsertPlanActions(pg::Connection& connection, int64_t run_id,
                               const std::vector<PlanAction>& actions) {
  for (const PlanAction& action : actions)
    RETURN_IF_ERROR(
        connection
            .Query(kInsertAction, {absl::StrCat(run_id), action.id, absl::StrCat(action.position),
                                   action.kind, action.source, action.target, action.discriminator,
                                   action.state, absl::StrCat(action.source_oid),
                                   absl::StrCat(action.target_oid), action.blocked_by})
            .status());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PlanAction>> ReadPlanActions(pg::Connection& connection,
                                                        int64_t run_id) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kReadActions, {absl::StrCat(run_id)}));
  std::vector<PlanAction> actions;
  actions.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) actions.push_back(ActionFromRow(result, row));
  return actions;
}

absl::Status UpdatePlanAction(pg::Connection& connection, int64_t run_id,
                              const PlanAction& action) {
  ASSIGN_OR_RETURN(
      const pg::Result updated,
      connection.Query(kUpdateAction, {absl::StrCat(run_id), action.id, action.state,
                                       Number(action.rows_source), Number(action.rows_target),
                                       Number(action.rows_remainder), action.remainder_table,
                                       action.source_digest, action.rebuilt_digest, action.error}));
  if (updated.affected_rows() == 1) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the ledger has no row for action ", action.id, " of run ", run_id));
}

absl::Status InsertPlanSteps(pg::Connection& connection, int64_t run_id,
                             const std::string& action_id, const std::vector<PlanStep>& steps) {
  for (const PlanStep& step : steps)
    RETURN_IF_ERROR(
        connection
            .Query("INSERT INTO regraft.plan_step (run_id, action_id, step, sql, undo, done_at) "
                   "VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::boolean THEN clock_timestamp() END)",
                   {absl::StrCat(run_id), action_id, absl::StrCat(step.step), step.sql, step.undo,
                    step.done ? "t" : "f"})
            .status());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PlanStep>> ReadPlanSteps(pg::Connection& connection, int64_t run_id,
                                                    const std::string& action_id) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query("SELECT step, sql, undo, done_at IS NOT NULL, undone_at IS NOT "
                                    "NULL FROM regraft.plan_step WHERE run_id = $1 AND action_id = "
                                    "$2 ORDER BY step",
                                    {absl::StrCat(run_id), action_id}));
  std::vector<PlanStep> steps;
  steps.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row)
    steps.push_back({.step = static_cast<int>(result.Int64(row, 0)),
                     .sql = result.Text(row, 1),
                     .undo = result.Text(row, 2),
                     .done = result.Bool(row, 3),
                     .undone = result.Bool(row, 4)});
  return steps;
}

absl::Status MarkStepDone(pg::Connection& connection, int64_t run_id, const std::string& action_id,
                          int step) {
  return connection
      .Query(
          "UPDATE regraft.plan_step SET done_at = clock_timestamp() "
          "WHERE run_id = $1 AND action_id = $2 AND step = $3",
          {absl::StrCat(run_id), action_id, absl::StrCat(step)})
      .status();
}

absl::Status MarkStepUndone(pg::Connection& connection, int64_t run_id,
                            const std::string& action_id, int step) {
  return connection
      .Query(
          "UPDATE regraft.plan_step SET undone_at = clock_timestamp() "
          "WHERE run_id = $1 AND action_id = $2 AND step = $3",
          {absl::StrCat(run_id), action_id, absl::StrCat(step)})
      .status();
}

absl::Status StoreDossiers(pg::Connection& connection, int64_t run_id,
                           const std::vector<catalog::Dossier>& dossiers) {
  for (const catalog::Dossier& dossier : dossiers)
    RETURN_IF_ERROR(StoreDossier(connection, run_id, dossier));
  return absl::OkStatus();
}

absl::Status ForgetDossier(pg::Connection& connection, int64_t run_id, uint32_t relation) {
  return connection
      .Query("DELETE FROM regraft.plan_dossier WHERE run_id = $1 AND relation = $2",
             {absl::StrCat(run_id), absl::StrCat(relation)})
      .status();
}

absl::StatusOr<std::map<uint32_t, catalog::Dossier>> ReadStoredDossiers(pg::Connection& connection,
                                                                        int64_t run_id) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query("SELECT relation, name, facts FROM regraft.plan_dossier "
                                    "WHERE run_id = $1",
                                    {absl::StrCat(run_id)}));
  std::map<uint32_t, catalog::Dossier> dossiers;
  for (int row = 0; row < result.rows(); ++row) {
    const json facts = json::parse(result.Value(row, 2), nullptr, /*allow_exceptions=*/false);
    if (!facts.is_object())
      return absl::InternalError("regraft.plan_dossier holds something that is no dossier");
    const auto oid = static_cast<uint32_t>(result.Int64(row, 0));
    catalog::Dossier& dossier = dossiers[oid];
    dossier.oid = oid;
    ASSIGN_OR_RETURN(dossier.name, pg::ParseQualifiedName(result.Value(row, 1)));
    for (const auto& [fact, lines] : facts.items())
      dossier.facts[fact] = lines.get<std::vector<std::string>>();
  }
  return dossiers;
}

}  // namespace regraft::ledger
