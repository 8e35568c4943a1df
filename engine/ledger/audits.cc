#include "engine/ledger/audits.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

namespace regraft::ledger {
namespace {

constexpr const char* kInsertRun = R"sql(
INSERT INTO regraft.audit_run (plan_name, plan_sha256, snapshot_at)
VALUES ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'), $3) RETURNING run_id
)sql";

constexpr const char* kInsertResult = R"sql(
INSERT INTO regraft.audit_result
  (run_id, position, audit_id, definition, found, expected, tolerance, passed, parts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)sql";

constexpr const char* kLatest = R"sql(
SELECT a.found, a.passed, to_char(r.snapshot_at, 'YYYY-MM-DD HH24:MI:SS "UTC"')
FROM regraft.audit_result a JOIN regraft.audit_run r USING (run_id)
WHERE a.audit_id = $1 AND a.definition = $2 ORDER BY run_id DESC LIMIT 1
)sql";

std::optional<std::string> Number(const std::optional<int64_t>& value) {
  return value.has_value() ? std::optional(absl::StrCat(*value)) : std::nullopt;
}

}  // namespace

absl::StatusOr<int64_t> InsertAudits(pg::Connection& connection, const AuditRun& run,
                                     const std::vector<AuditRecord>& records) {
  ASSIGN_OR_RETURN(const pg::Result inserted,
                   connection.Query(kInsertRun, {run.plan_name, run.plan_text, run.snapshot_at}));
  const int64_t run_id = inserted.Int64(0, 0);
  int position = 0;
  for (const AuditRecord& record : records)
    RETURN_IF_ERROR(connection
                        .Query(kInsertResult, {absl::StrCat(run_id), absl::StrCat(++position),
                                               record.id, record.definition, Number(record.found),
                                               Number(record.expected), Number(record.tolerance),
                                               record.passed ? "t" : "f", record.parts_json})
                        .status());
  return run_id;
}

absl::StatusOr<std::optional<AuditRecord>> LatestAudit(pg::Connection& connection,
                                                       const std::string& id,
                                                       const std::string& definition) {
  ASSIGN_OR_RETURN(const pg::Result found, connection.Query(kLatest, {id, definition}));
  if (found.rows() == 0) return std::nullopt;
  AuditRecord record{.id = id, .definition = definition};
  if (!found.IsNull(0, 0)) record.found = found.Int64(0, 0);
  record.passed = found.Bool(0, 1);
  record.at = found.Text(0, 2);
  return std::optional(std::move(record));
}

}  // namespace regraft::ledger
