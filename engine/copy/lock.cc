#include "engine/copy/lock.h"

#include "engine/analysis/sql.h"
#include "engine/base/deadline.h"
#include "engine/base/failure_kind.h"
#include "engine/base/pause.h"
#include "engine/base/status_macros.h"
#include "engine/pg/error.h"
#include "engine/pg/patience.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace regraft::copy {
namespace {

using std::chrono::milliseconds;

// A session that its program has closed is gone after some milliseconds.
constexpr milliseconds kGrace{200};
constexpr milliseconds kLookAgain{10};

// "pid 4711 (psql, alice, idle in transaction since 12:03:44): UPDATE …"
constexpr const char* kDescribeSession =
    "'pid ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), '?') || ', ' || "
    "coalesce(a.usename, '?')"
    " || ', ' || coalesce(a.state, '?') || ' since ' || to_char(a.state_change, 'HH24:MI:SS') || "
    "')'";

std::string Holders(const pg::ConnectOptions& options, const std::string& from) {
  auto connection = pg::Connection::Open(options);
  if (!connection.ok()) return "unknown sessions";
  const auto result = connection->Execute(
      absl::StrCat("SELECT string_agg(DISTINCT ", kDescribeSession, ", ', ') ", from));
  return result.ok() && !result->IsNull(0, 0) ? result->Text(0, 0) : "a session that has just gone";
}

std::string LockNumber(const std::string& key) {
  return absl::StrCat("hashtextextended(", analysis::Literal(key), ", 0)");
}

std::string HoldersOf(const std::string& number) {
  return absl::StrCat(
      "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND "
      "l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = "
      "current_database()) AND ((l.classid::bigint << 32) | l.objid::bigint) = ",
      number);
}

// The modes that keep us from `mode`, as pg_locks writes them; documentation, table 13.2.
std::string ConflictingModes(const std::string& mode) {
  std::string modes = "'AccessExclusiveLock'";
  if (mode == "ACCESS SHARE") return modes;
  modes += ", 'ExclusiveLock', 'ShareRowExclusiveLock'";
  if (mode == "ROW EXCLUSIVE") return modes + ", 'ShareLock'";
  modes += ", 'RowExclusiveLock', 'ShareUpdateExclusiveLock'";
  return mode == "SHARE" ? modes : modes + ", 'ShareLock'";
}

// Who holds what we cannot have, on the table or, for a partitioned one, on a part of it.
std::string TableHolders(const pg::ConnectOptions& options, const pg::QualifiedName& table,
                         const std::string& mode, int our_pid) {
  const std::string relation =
      absl::StrCat("to_regclass(", analysis::Literal(pg::QuoteQualified(table)), ")");
  return Holders(
      options,
      absl::StrCat(
          "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.granted AND l.pid <> ",
          our_pid,
          " AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM "
          "pg_database WHERE datname = current_database()) AND l.mode IN (",
          ConflictingModes(mode), ") AND (l.relation = ", relation,
          " OR l.relation IN "
          "(SELECT relid FROM pg_partition_tree(",
          relation, ")))"));
}

}  // namespace

absl::StatusOr<pg::Connection> HoldCopyLock(const pg::ConnectOptions& options,
                                            const std::string& key, const LockWait& wait) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  const std::string number = LockNumber(key);
  const Deadline deadline = Deadline::After(milliseconds(1000 * wait.seconds));
  for (bool first = true;; first = false) {
    ASSIGN_OR_RETURN(const pg::Result got,
                     connection.Execute(absl::StrCat("SELECT pg_try_advisory_lock(", number, ")")));
    if (got.Bool(0, 0)) return connection;
    const std::string holder = Holders(options, HoldersOf(number));
    if (first)
      wait.say(absl::StrCat("another copy into this target under this discriminator is at work: ",
                            holder));
    if (deadline.passed())
      return WithKind(absl::UnavailableError(absl::StrCat(
                          "another copy into this target under this discriminator is "
                          "still at work after ",
                          wait.seconds, " s: ", holder, "; try again when it has ended")),
                      FailureKind::kLock);
    PauseBetweenAttempts();
  }
}

absl::Status JoinSessions(pg::Connection& connection, const std::string& key) {
  return connection.Run(
      absl::StrCat("SELECT pg_advisory_lock_shared(", LockNumber(key + " sessions"), ")"));
}

absl::Status EndSessions(pg::Connection& lock, const std::string& key, const LockWait& wait) {
  const std::string number = LockNumber(key + " sessions");
  const std::string left = absl::StrCat("SELECT pg_terminate_backend(a.pid) ", HoldersOf(number));
  const Deadline grace = Deadline::After(kGrace);
  const Deadline deadline =
      Deadline::After(kGrace + milliseconds(1000 * std::max(1, wait.seconds)));
  for (bool said = false;;) {
    ASSIGN_OR_RETURN(const pg::Result got,
                     lock.Execute(absl::StrCat("SELECT pg_try_advisory_lock(", number, ")")));
    if (got.Bool(0, 0)) return lock.Run(absl::StrCat("SELECT pg_advisory_unlock(", number, ")"));
    if (deadline.passed())
      return WithKind(
          absl::UnavailableError(absl::StrCat("sessions of an earlier run are still busy after ",
                                              wait.seconds, " s; end them with: ", left)),
          FailureKind::kLock);
    if (grace.passed() && !said) {
      said = true;
      wait.say("ending sessions that an earlier run left behind");
      // Refused for a role that may not: then the wait goes on until they end by themselves.
      lock.Run(left).IgnoreError();
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

absl::StatusOr<pg::Connection> HoldTableLock(const pg::ConnectOptions& options,
                                             const pg::QualifiedName& table,
                                             const std::string& mode, const LockWait& wait) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(options));
  RETURN_IF_ERROR(
      connection.Run(absl::StrCat("SET lock_timeout = ", pg::LockTimeoutMs(wait.seconds))));
  const std::string sql =
      absl::StrCat("LOCK TABLE ", pg::QuoteQualified(table), " IN ", mode, " MODE");
  const Deadline deadline = Deadline::After(milliseconds(1000 * wait.seconds));
  for (bool first = true;; first = false) {
    // LOCK is the transaction's first statement: a snapshot taken before it would be older than the
    // lock.
    RETURN_IF_ERROR(connection.Run("BEGIN"));
    const absl::Status locked = connection.Run(sql);
    if (locked.ok()) return connection;
    const std::string blockers = TableHolders(options, table, mode, connection.backend_pid());
    RETURN_IF_ERROR(connection.Run("ROLLBACK"));
    if (!pg::IsLockedOut(locked)) return locked;
    if (first)
      wait.say(absl::StrCat("waiting for a ", mode, " lock on ", pg::DisplayName(table),
                            ", held by ", blockers));
    if (deadline.passed())
      return WithKind(
          absl::UnavailableError(absl::StrCat("no ", mode, " lock on ", pg::DisplayName(table),
                                              " after ", wait.seconds, " s; in the way: ", blockers,
                                              "; try again, or with a larger --lock-wait")),
          FailureKind::kLock);
    PauseBetweenAttempts();
  }
}

}  // namespace regraft::copy
