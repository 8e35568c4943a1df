#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace regraft::ledger {
namespace {

constexpr std::array<std::pair<RunState, const char*>, 5> kStates = {
    {{RunState::kCopying, "copying"},
     {RunState::kCopied, "copied"},
     {RunState::kVerified, "verified"},
     {RunState::kDifferent, "different"},
     {RunState::kDiscarded, "discarded"}}};

std::string StateName(RunState state) {
  const auto* found = std::find_if(kStates.begin(), kStates.end(),
                                   [&](const auto& pair) { return pair.first == state; });
  return found->second;
}

RunState StateFromName(std::string_view name) {
  const auto* found = std::find_if(kStates.begin(), kStates.end(),
                                   [&](const auto& pair) { return name == pair.second; });
  return found == kStates.end() ? RunState::kDifferent : found->first;
}

std::string NumberOrNull(std::optional<int64_t> value) {
  return value.has_value() ? absl::StrCat(*value) : "NULL";
}

std::string TextOrNull(const std::optional<std::string>& value) {
  return value.has_value() ? analysis::Literal(*value) : "NULL";
}

std::optional<std::string> OptionalText(const pg::Result& result, int row, int column) {
  return result.IsNull(row, column) ? std::nullopt : std::optional(result.Text(row, column));
}

double Number(const pg::Result& result, int row, int column) {
  const std::string_view text = result.Value(row, column);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

constexpr const char* kRunsQuery = R"sql(
SELECT run_id, copy_id, state, target_created, foreign_keys_unchecked, others_rows, others_digest,
       source_rows, landed_rows, landed_digest, remainder_name, coalesce(remainder_oid, 0),
       remainder_rows, remainder_digest, seconds_copy, seconds_verify
FROM regraft.run
WHERE state <> 'discarded' AND copy_id = $1
ORDER BY run_id
)sql";

RunRecord RunFromRow(const pg::Result& result, int row) {
  return {.run_id = result.Int64(row, 0),
          .copy_id = result.Int64(row, 1),
          .state = StateFromName(result.Value(row, 2)),
          .target_created = result.Bool(row, 3),
          .foreign_keys_unchecked = result.Bool(row, 4),
          .others_rows = result.Int64(row, 5),
          .others_digest = OptionalText(result, row, 6),
          .source_rows = result.OptionalInt64(row, 7),
          .landed_rows = result.OptionalInt64(row, 8),
          .landed_digest = OptionalText(result, row, 9),
          .remainder_name = OptionalText(result, row, 10),
          .remainder_oid = static_cast<uint32_t>(result.Int64(row, 11)),
          .remainder_rows = result.Int64(row, 12),
          .remainder_digest = OptionalText(result, row, 13),
          .seconds_copy = Number(result, row, 14),
          .seconds_verify = Number(result, row, 15)};
}

}  // namespace

absl::StatusOr<std::vector<RunRecord>> RunsOf(pg::Connection& connection, int64_t copy_id) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kRunsQuery, {absl::StrCat(copy_id)}));
  std::vector<RunRecord> runs;
  runs.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) runs.push_back(RunFromRow(result, row));
  return runs;
}

absl::StatusOr<int64_t> InsertRun(pg::Connection& connection, const RunRecord& run) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Execute(absl::StrCat(
          "INSERT INTO regraft.run (copy_id, state, target_created, others_rows, others_digest,"
          " remainder_name, remainder_oid, remainder_rows, remainder_digest) VALUES (",
          run.copy_id, ", 'copying', ", run.target_created ? "true" : "false", ", ",
          run.others_rows, ", ", TextOrNull(run.others_digest), ", ",
          TextOrNull(run.remainder_name), ", nullif(", run.remainder_oid, ", 0)::oid, ",
          run.remainder_rows, ", ", TextOrNull(run.remainder_digest), ") RETURNING run_id")));
  return result.Int64(0, 0);
}

absl::Status UpdateSeconds(pg::Connection& connection, const RunRecord& run) {
  return connection.Run(absl::StrCat("UPDATE regraft.run SET seconds_copy = ", run.seconds_copy,
                                     " WHERE run_id = ", run.run_id));
}

absl::Status UpdateRun(pg::Connection& connection, const RunRecord& run) {
  return connection.Run(
      absl::StrCat("UPDATE regraft.run SET state = '", StateName(run.state), "', source_rows = ",
                   NumberOrNull(run.source_rows), ", landed_rows = ", NumberOrNull(run.landed_rows),
                   ", landed_digest = ", TextOrNull(run.landed_digest),
                   ", foreign_keys_unchecked = ", run.foreign_keys_unchecked ? "true" : "false",
                   ", seconds_copy = ", run.seconds_copy, ", seconds_verify = ", run.seconds_verify,
                   run.state == RunState::kCopied ? ", finished_at = clock_timestamp()" : "",
                   run.state == RunState::kVerified ? ", verified_at = clock_timestamp()" : "",
                   " WHERE run_id = ", run.run_id));
}

}  // namespace regraft::ledger
