#include "engine/ledger/clean_changes.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace regraft::ledger {
namespace {

using nlohmann::json;

constexpr const char* kInsert = R"sql(
INSERT INTO regraft.clean_change (run_id, action_id, position, relation, name, kind, key_columns, columns,
                                  kept, rows, digest, suppressed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
)sql";

constexpr const char* kRead = R"sql(
SELECT position, relation, name, kind, key_columns, columns, kept, rows, digest, suppressed
FROM regraft.clean_change WHERE run_id = $1 AND action_id = $2 ORDER BY position
)sql";

constexpr const char* kFind = R"sql(
SELECT coalesce(max(a.run_id), 0) FROM regraft.plan_action a
WHERE a.action_id = $1 AND a.state = 'done'
  AND EXISTS (SELECT FROM regraft.clean_change c WHERE c.run_id = a.run_id AND c.action_id = $1)
)sql";

std::vector<std::string> Names(const std::string& text) {
  return json::parse(text).get<std::vector<std::string>>();
}

}  // namespace

absl::Status InsertCleanChange(pg::Connection& connection, int64_t run_id,
                               const std::string& action_id, const CleanChange& change) {
  return connection
      .Query(kInsert, {absl::StrCat(run_id), action_id, absl::StrCat(change.position),
                       absl::StrCat(change.relation), change.name, change.kind,
                       json(change.key).dump(), json(change.columns).dump(), change.kept,
                       absl::StrCat(change.rows), change.digest, change.suppressed ? "t" : "f"})
      .status();
}

absl::StatusOr<std::vector<CleanChange>> ReadCleanChanges(pg::Connection& connection,
                                                          int64_t run_id,
                                                          const std::string& action_id) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Query(kRead, {absl::StrCat(run_id), action_id}));
  std::vector<CleanChange> changes;
  for (int row = 0; row < found.rows(); ++row)
    changes.push_back({.position = static_cast<int>(found.Int64(row, 0)),
                       .relation = static_cast<uint32_t>(found.Int64(row, 1)),
                       .name = found.Text(row, 2),
                       .kind = found.Text(row, 3),
                       .key = Names(found.Text(row, 4)),
                       .columns = Names(found.Text(row, 5)),
                       .kept = found.Text(row, 6),
                       .rows = found.Int64(row, 7),
                       .digest = found.Text(row, 8),
                       .suppressed = found.Bool(row, 9)});
  return changes;
}

absl::StatusOr<int64_t> FindCleanRun(pg::Connection& connection, const std::string& action_id) {
  ASSIGN_OR_RETURN(const pg::Result found, connection.Query(kFind, {action_id}));
  return found.Int64(0, 0);
}

}  // namespace regraft::ledger
