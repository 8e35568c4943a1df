#include "engine/ledger/plan_storage.h"

#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"

#include "absl/strings/str_cat.h"

namespace regraft::ledger {
namespace {

// A partitioned table has no file, its leaves have. Counters know of the transaction that is open,
// and of those before whose counts the session has not handed over yet.
constexpr const char* kStorageNow = R"sql(
SELECT coalesce(string_agg(pg_relation_filenode(c.oid) || coalesce('+' || pg_relation_filenode(nullif(c.reltoastrelid, 0)), ''),
                           ' ' ORDER BY c.oid), ''),
       coalesce(sum(pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
                    + pg_stat_get_xact_tuples_deleted(c.oid)), 0)::bigint,
       pg_snapshot_xmax(pg_current_snapshot())
FROM pg_class c
WHERE c.relkind IN ('r', 'm') AND (c.oid = $1::oid OR c.oid IN (SELECT relid FROM pg_partition_tree($1::oid)))
)sql";

}  // namespace

absl::Status InsertPlanStorage(pg::Connection& connection, int64_t run_id,
                               const std::string& action_id, const PlanStorage& storage) {
  return connection
      .Query(
          "INSERT INTO regraft.plan_storage (run_id, action_id, files_before, files_after, "
          "rows_written, horizon) VALUES ($1, $2, $3, $4, $5, $6)",
          {absl::StrCat(run_id), action_id, storage.files_before, storage.files_after,
           absl::StrCat(storage.rows_written), absl::StrCat(storage.horizon)})
      .status();
}

absl::StatusOr<std::optional<PlanStorage>> ReadPlanStorage(pg::Connection& connection,
                                                           int64_t run_id,
                                                           const std::string& action_id) {
  ASSIGN_OR_RETURN(const bool has_storage, HasPlanStorage(connection));
  if (!has_storage) return std::nullopt;
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query("SELECT files_before, files_after, rows_written, horizon FROM "
                                    "regraft.plan_storage WHERE run_id = $1 AND action_id = $2",
                                    {absl::StrCat(run_id), action_id}));
  if (result.rows() == 0) return std::nullopt;
  return std::optional(PlanStorage{.files_before = result.Text(0, 0),
                                   .files_after = result.Text(0, 1),
                                   .rows_written = result.Int64(0, 2),
                                   .horizon = static_cast<uint64_t>(result.Int64(0, 3))});
}

absl::StatusOr<PlanStorage> StorageNow(pg::Connection& connection, uint32_t relation) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kStorageNow, {absl::StrCat(relation)}));
  return PlanStorage{.files_after = result.Text(0, 0),
                     .rows_written = result.Int64(0, 1),
                     .horizon = static_cast<uint64_t>(result.Int64(0, 2))};
}

}  // namespace regraft::ledger
