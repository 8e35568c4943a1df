#include "engine/base/status_macros.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"

namespace regraft::ledger {

absl::Status InsertSteps(pg::Connection& connection, int64_t run_id,
                         const std::vector<std::string>& steps) {
  for (size_t i = 0; i < steps.size(); ++i)
    RETURN_IF_ERROR(connection
                        .Query("INSERT INTO regraft.step (run_id, step, sql) VALUES ($1, $2, $3)",
                               {absl::StrCat(run_id), absl::StrCat(i), steps[i]})
                        .status());
  return absl::OkStatus();
}

absl::Status HandOverSteps(pg::Connection& connection, int64_t from_run, int64_t to_run) {
  return connection.Run(absl::StrCat("UPDATE regraft.step SET run_id = ", to_run,
                                     " WHERE done_at IS NULL AND run_id = ", from_run));
}

absl::Status RunSteps(pg::Connection& connection, int64_t run_id) {
  ASSIGN_OR_RETURN(const pg::Result steps,
                   connection.Execute(absl::StrCat(
                       "SELECT step, sql FROM regraft.step WHERE done_at IS NULL AND run_id = ",
                       run_id, " ORDER BY step")));
  for (int row = 0; row < steps.rows(); ++row) {
    RETURN_IF_ERROR(connection.Run("BEGIN"));
    RETURN_IF_ERROR(Annotate(connection.Run(steps.Text(row, 1)), steps.Text(row, 1)));
    RETURN_IF_ERROR(connection.Run(
        absl::StrCat("UPDATE regraft.step SET done_at = clock_timestamp() WHERE run_id = ", run_id,
                     " AND step = ", steps.Int64(row, 0))));
    RETURN_IF_ERROR(connection.Commit());
  }
  return absl::OkStatus();
}

}  // namespace regraft::ledger
