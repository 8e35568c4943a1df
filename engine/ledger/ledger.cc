#include "engine/ledger/ledger.h"

#include "engine/analysis/sql.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unistd.h>
#include <utility>

namespace regraft::ledger {
namespace {

using nlohmann::json;

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
std::optional<int64_t> OptionalNumber(const pg::Result& result, int row, int column) {
  return result.IsNull(row, column) ? std::nullopt : std::optional(result.Int64(row, column));
}

double Number(const pg::Result& result, int row, int column) {
  const std::string_view text = result.Value(row, column);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

json DatabaseToJson(const catalog::DatabaseIdentity& identity) {
  return {{"system", identity.system_identifier},
          {"database", identity.database},
          {"oid", identity.database_oid}};
}

json MappingToJson(const plan::Mapping& mapping) {
  json document = {{"overflow", mapping.overflow}, {"where", mapping.where}};
  for (const plan::Constant& constant : mapping.constants)
    document["set"][constant.column] = constant.value;
  for (const plan::ColumnPair& pair : mapping.columns)
    document["columns"][pair.source] = pair.target;
  for (const plan::ValueMap& map : mapping.value_maps) {
    json entry = {{"source", map.source}};
    for (const auto& [key, value] : map.pairs)
      entry["pairs"][key] = value.has_value() ? json(*value) : json(nullptr);
    if (map.otherwise.has_value()) entry["otherwise"] = *map.otherwise;
    if (map.when_null.has_value()) entry["null"] = *map.when_null;
    document["map"][map.target] = entry;
  }
  return document;
}

std::string ProvenanceForPeople(const plan::Mapping& mapping) {
  return absl::StrJoin(mapping.constants, ", ",
                       [](std::string* out, const plan::Constant& constant) {
                         absl::StrAppend(out, constant.column, "=", constant.value);
                       });
}

constexpr const char* kCopyColumns =
    "c.copy_id, c.source_name, c.target_name, c.source_database, c.source_oid, c.target_oid, "
    "c.same_database, "
    "c.provenance, c.read_back";

absl::StatusOr<CopyRecord> CopyFromRow(const pg::Result& result, int row) {
  CopyRecord copy{.copy_id = result.Int64(row, 0),
                  .source_name = result.Text(row, 1),
                  .target_name = result.Text(row, 2),
                  .source_database = result.Text(row, 3),
                  .source_oid = static_cast<uint32_t>(result.Int64(row, 4)),
                  .target_oid = static_cast<uint32_t>(result.Int64(row, 5)),
                  .same_database = result.Bool(row, 6),
                  .provenance = result.Text(row, 7)};
  ASSIGN_OR_RETURN(copy.read_back, analysis::ReadBackFromJson(result.Text(row, 8)));
  return copy;
}

absl::StatusOr<digest::SetDigest> SetFromRow(const pg::Result& result, int row, int rows, int bytes,
                                             int sum) {
  digest::SetDigest set{
      .sum = {}, .rows = result.Int64(row, rows), .bytes = result.Int64(row, bytes)};
  ASSIGN_OR_RETURN(set.sum, digest::Digest128::FromHex(result.Value(row, sum)));
  return set;
}

}  // namespace

std::string CopyIdentity(const analysis::CopyPlan& plan) {
  const json document = {{"source_database", DatabaseToJson(plan.source_database)},
                         {"target_database", DatabaseToJson(plan.target_database)},
                         {"source", plan.source.oid},
                         {"target", plan.target.oid},
                         {"columns", plan.back.source_columns},
                         {"mapping", MappingToJson(plan.request.mapping)}};
  return document.dump();  // keys are sorted: canonical
}

absl::StatusOr<std::optional<CopyRecord>> FindCopy(pg::Connection& connection,
                                                   const std::string& identity) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(absl::StrCat("SELECT ", kCopyColumns,
                                                 " FROM regraft.copy c WHERE identity_digest = $1"),
                                    {digest::HashRow(identity).Hex()}));
  if (result.rows() == 0) return std::nullopt;
  ASSIGN_OR_RETURN(CopyRecord copy, CopyFromRow(result, 0));
  return copy;
}

absl::StatusOr<std::vector<CopyRecord>> CopiesInto(pg::Connection& connection,
                                                   uint32_t target_oid) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          absl::StrCat(
              "SELECT ", kCopyColumns,
              " FROM regraft.copy c JOIN (SELECT copy_id, max(run_id) AS latest FROM regraft.run"
              " WHERE state <> 'discarded' GROUP BY copy_id) r USING (copy_id)"
              " WHERE $1::oid = 0 OR c.target_oid = $1::oid ORDER BY r.latest DESC"),
          {absl::StrCat(target_oid)}));
  std::vector<CopyRecord> copies;
  for (int row = 0; row < result.rows(); ++row) {
    ASSIGN_OR_RETURN(CopyRecord copy, CopyFromRow(result, row));
    copies.push_back(std::move(copy));
  }
  return copies;
}

absl::StatusOr<int64_t> InsertCopy(pg::Connection& connection, const analysis::CopyPlan& plan) {
  const std::string identity = CopyIdentity(plan);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          "INSERT INTO regraft.copy (identity_digest, identity, source_name, source_oid, "
          "source_database,"
          " same_database, target_name, target_oid, provenance, read_back)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING copy_id",
          {digest::HashRow(identity).Hex(), identity, pg::DisplayName(plan.source.name),
           absl::StrCat(plan.source.oid), plan.source_database.database,
           plan.same_database ? "t" : "f", pg::DisplayName(plan.target.name),
           absl::StrCat(plan.target.oid), ProvenanceForPeople(plan.request.mapping),
           analysis::ReadBackToJson(plan.back)}));
  return result.Int64(0, 0);
}

absl::Status UpdateReadBack(pg::Connection& connection, int64_t copy_id,
                            const analysis::CopyPlan& plan) {
  return connection
      .Query("UPDATE regraft.copy SET read_back = $2 WHERE copy_id = $1",
             {absl::StrCat(copy_id), analysis::ReadBackToJson(plan.back)})
      .status();
}

absl::StatusOr<std::vector<RunRecord>> RunsOf(pg::Connection& connection, int64_t copy_id) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Execute(absl::StrCat("SELECT run_id, copy_id, state, target_created, others_rows, "
                                      "others_digest, source_rows, landed_rows,"
                                      " landed_digest, remainder_name, coalesce(remainder_oid, 0), "
                                      "remainder_rows, remainder_digest,"
                                      " seconds_copy, seconds_verify, foreign_keys_unchecked FROM "
                                      "regraft.run WHERE state <> 'discarded' AND copy_id = ",
                                      copy_id, " ORDER BY run_id")));
  std::vector<RunRecord> runs;
  for (int row = 0; row < result.rows(); ++row)
    runs.push_back({.run_id = result.Int64(row, 0),
                    .copy_id = result.Int64(row, 1),
                    .state = StateFromName(result.Value(row, 2)),
                    .target_created = result.Bool(row, 3),
                    .foreign_keys_unchecked = result.Bool(row, 15),
                    .others_rows = result.Int64(row, 4),
                    .others_digest = OptionalText(result, row, 5),
                    .source_rows = OptionalNumber(result, row, 6),
                    .landed_rows = OptionalNumber(result, row, 7),
                    .landed_digest = OptionalText(result, row, 8),
                    .remainder_name = OptionalText(result, row, 9),
                    .remainder_oid = static_cast<uint32_t>(result.Int64(row, 10)),
                    .remainder_rows = result.Int64(row, 11),
                    .remainder_digest = OptionalText(result, row, 12),
                    .seconds_copy = Number(result, row, 13),
                    .seconds_verify = Number(result, row, 14)});
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

absl::Status InsertChunks(pg::Connection& connection, int64_t run_id,
                          const std::vector<Chunk>& chunks) {
  ASSIGN_OR_RETURN(pg::CopyIn copy,
                   connection.StartCopyIn(
                       "COPY regraft.chunk (run_id, chunk, leaf_oid, leaf_schema, leaf_name,"
                       " leaf_kind, has_ctid, first_block, end_block) FROM STDIN (FORMAT csv)"));
  const auto csv = [](const std::string& text) {
    return pg::QuoteIdentifier(text);
  };  // the same quoting rule
  for (const Chunk& chunk : chunks)
    RETURN_IF_ERROR(copy.Put(
        absl::StrCat(run_id, ",", chunk.number, ",", chunk.leaf.oid, ",",
                     csv(chunk.leaf.name.schema), ",", csv(chunk.leaf.name.name), ",",
                     std::string(1, chunk.leaf.relkind), ",", chunk.leaf.has_ctid ? "t" : "f", ",",
                     chunk.range.first_block, ",", chunk.range.end_block, "\n")));
  return copy.Finish().status();
}

absl::StatusOr<std::vector<Chunk>> ReadChunks(pg::Connection& connection, int64_t run_id) {
  // A remainder row belongs to the chunk whose leaf and block range hold it.
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Execute(absl::StrCat(
                       "SELECT c.chunk, c.leaf_oid, c.leaf_schema, c.leaf_name, c.leaf_kind, "
                       "c.has_ctid, c.first_block, c.end_block,"
                       " coalesce(string_agg(m.row_ctid::text, ';'), '') FROM regraft.chunk c LEFT "
                       "JOIN regraft.remainder m"
                       " ON m.run_id = c.run_id AND m.leaf_oid = c.leaf_oid"
                       " AND (m.row_ctid::text::point)[0] >= c.first_block"
                       " AND (c.end_block = -1 OR (m.row_ctid::text::point)[0] < c.end_block)"
                       " WHERE c.run_id = ",
                       run_id, " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY c.chunk")));
  std::vector<Chunk> chunks;
  for (int row = 0; row < result.rows(); ++row) {
    Chunk chunk{.number = result.Int64(row, 0)};
    chunk.leaf.oid = static_cast<uint32_t>(result.Int64(row, 1));
    chunk.leaf.name = {result.Text(row, 2), result.Text(row, 3)};
    chunk.leaf.relkind = result.Value(row, 4)[0];
    chunk.leaf.has_ctid = result.Bool(row, 5);
    chunk.range = {
        .leaf = 0, .first_block = result.Int64(row, 6), .end_block = result.Int64(row, 7)};
    std::string_view excluded = result.Value(row, 8);
    while (!excluded.empty()) {
      const size_t end = std::min(excluded.find(';'), excluded.size());
      chunk.excluded.emplace_back(excluded.substr(0, end));
      excluded.remove_prefix(std::min(end + 1, excluded.size()));
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

absl::StatusOr<std::vector<DoneChunk>> ReadDone(pg::Connection& connection, int64_t run_id) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Execute(absl::StrCat(
          "SELECT chunk, xid, rows, source_bytes, source_digest, written_bytes, written_digest"
          " FROM regraft.chunk_done WHERE run_id = ",
          run_id, " ORDER BY chunk")));
  std::vector<DoneChunk> done;
  for (int row = 0; row < result.rows(); ++row) {
    DoneChunk chunk{.number = result.Int64(row, 0),
                    .xid = static_cast<uint64_t>(result.Int64(row, 1))};
    ASSIGN_OR_RETURN(chunk.source, SetFromRow(result, row, 2, 3, 4));
    ASSIGN_OR_RETURN(chunk.written, SetFromRow(result, row, 2, 5, 6));
    done.push_back(chunk);
  }
  return done;
}

absl::Status InsertDone(pg::Connection& connection, int64_t run_id, const DoneChunk& chunk) {
  return connection.Run(
      absl::StrCat("INSERT INTO regraft.chunk_done (run_id, chunk, xid, rows, source_bytes, "
                   "source_digest, written_bytes,"
                   " written_digest) VALUES (",
                   run_id, ", ", chunk.number, ", pg_current_xact_id(), ", chunk.written.rows, ", ",
                   chunk.source.bytes, ", '", chunk.source.sum.Hex(), "', ", chunk.written.bytes,
                   ", '", chunk.written.sum.Hex(), "')"));
}

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
                     " AND step = ", steps.Value(row, 0).data())));
    RETURN_IF_ERROR(connection.Commit());
  }
  return absl::OkStatus();
}

absl::Status RegisterWorker(pg::Connection& connection, int64_t run_id) {
  return connection.Run(
      absl::StrCat("INSERT INTO regraft.worker (run_id, pid, backend_start) SELECT ", run_id,
                   ", pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
}

absl::Status EndWorkers(pg::Connection& connection, int64_t run_id,
                        const std::function<void(const std::string&)>& say) {
  const std::string living = absl::StrCat(
      "FROM regraft.worker w JOIN pg_stat_activity a ON a.pid = w.pid AND a.backend_start = "
      "w.backend_start"
      " WHERE w.pid <> pg_backend_pid() AND w.run_id = ",
      run_id);
  constexpr int kWaitSeconds = 60;
  for (int second = 0; second < kWaitSeconds * 10; ++second) {
    ASSIGN_OR_RETURN(const pg::Result left,
                     connection.Execute(absl::StrCat("SELECT a.pid ", living)));
    if (left.rows() == 0)
      return connection.Run(absl::StrCat("DELETE FROM regraft.worker WHERE run_id = ", run_id));
    if (second == 0) {
      say(absl::StrCat("ending ", left.rows(), " sessions that an earlier run left behind"));
      // Refused for a role that may not: then the wait goes on until they end by themselves.
      connection.Run(absl::StrCat("SELECT pg_terminate_backend(a.pid) ", living)).IgnoreError();
    }
    usleep(100'000);
  }
  return absl::UnavailableError(
      absl::StrCat("sessions of an earlier run are still busy after ", kWaitSeconds,
                   " s; end them with: SELECT pg_terminate_backend(a.pid) ", living));
}

}  // namespace regraft::ledger
