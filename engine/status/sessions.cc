#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"
#include "engine/status/status.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <string>

namespace regraft::status {
namespace {

// Every program's sessions in this database, but this one.
constexpr const char* kOurs =
    "a.datname = current_database() AND a.application_name LIKE 'regraft/%' AND "
    "a.application_name NOT LIKE 'regraft/status%' AND a.application_name <> 'regraft/idle'";

std::string SessionsQuery() {
  return absl::StrCat(
      "SELECT a.application_name, a.pid, a.usename, EXISTS (SELECT FROM pg_locks l WHERE l.pid = "
      "a.pid AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = a.datid "
      "AND ((l.classid::bigint << 32) | l.objid::bigint) = ",
      ledger::kApplyLockNumber, ") FROM pg_stat_activity a WHERE ", kOurs,
      " ORDER BY a.application_name, a.pid");
}

// Sessions of other programs of ours may be in the way too. The columns of other roles' sessions
// are NULL for a role without pg_read_all_stats.
std::string BlockersQuery() {
  return absl::StrCat(R"sql(
SELECT p.pid, coalesce(b.usename, ''), coalesce(b.application_name, ''), coalesce(b.state, ''),
       coalesce(left(b.query, 200), ''),
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(b.xact_start, b.state_change)), 0)::float8,
       format('%s (pid %s)', a.application_name, a.pid),
       coalesce((SELECT l.mode || ' on ' || CASE WHEN l.relation IS NULL THEN l.locktype
                                                 ELSE coalesce(format('%I.%I', n.nspname, c.relname), l.relation::text) END
                 FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
                 LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE l.pid = a.pid AND NOT l.granted LIMIT 1), '')
FROM pg_stat_activity a CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(a.pid))) AS p(pid)
LEFT JOIN pg_stat_activity b ON b.pid = p.pid
WHERE )sql",
                      kOurs, " ORDER BY 7, 1");
}

double Seconds(const std::string& text) {
  double seconds = 0;
  return absl::SimpleAtod(text, &seconds) ? seconds : 0;
}

}  // namespace

absl::Status ReadSessions(pg::Connection& connection, RunStatus* status) {
  ASSIGN_OR_RETURN(const pg::Result found, connection.Execute(SessionsQuery()));
  for (int row = 0; row < found.rows(); ++row) {
    const std::string session = absl::StrCat(found.Text(row, 0), " (pid ", found.Text(row, 1), ", ",
                                             found.Text(row, 2), ")");
    status->sessions.push_back(session);
    if (found.Bool(row, 3)) status->program = session;
  }
  return absl::OkStatus();
}

// Reading takes ACCESS SHARE, also where nothing is done to the table yet.
absl::StatusOr<std::set<uint32_t>> ReadLocked(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Execute(absl::StrCat(
          "SELECT DISTINCT l.relation FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE "
          "l.relation IS NOT NULL AND l.database = a.datid AND l.mode <> 'AccessShareLock' AND ",
          kOurs)));
  std::set<uint32_t> relations;
  for (int row = 0; row < found.rows(); ++row)
    relations.insert(static_cast<uint32_t>(found.Int64(row, 0)));
  return relations;
}

absl::Status ReadBlockers(pg::Connection& connection, RunStatus* status) {
  ASSIGN_OR_RETURN(const pg::Result found, connection.Execute(BlockersQuery()));
  for (int row = 0; row < found.rows(); ++row)
    status->blockers.push_back({.pid = static_cast<int>(found.Int64(row, 0)),
                                .role = found.Text(row, 1),
                                .application = found.Text(row, 2),
                                .state = found.Text(row, 3),
                                .query = found.Text(row, 4),
                                .seconds = Seconds(found.Text(row, 5)),
                                .waiting = found.Text(row, 6),
                                .wants = found.Text(row, 7)});
  return absl::OkStatus();
}

}  // namespace regraft::status
