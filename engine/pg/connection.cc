#include "engine/pg/connection.h"

#include "engine/base/status_macros.h"
#include "engine/pg/cancel_member.h"
#include "engine/pg/error.h"
#include "engine/pg/session_pool.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <libpq-fe.h>

#include <array>
#include <poll.h>
#include <utility>

namespace regraft::pg {

namespace {

// The session settings under which every value is read and written. What each one protects is in
// docs/verification.md; a hostile default of any of them changes bytes.
// The timeout comes first: until then a role's own one runs.
constexpr const char* kPinnedSettings =
    "SET statement_timeout = 0; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET "
    "TimeZone = 'UTC';"
    "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET array_nulls = on;"
    "SET lc_monetary = 'C'; SET xmloption = 'content'; SET xmlbinary = 'base64';"
    "SET standard_conforming_strings = on; SET backslash_quote = safe_encoding;"
    "SET search_path = pg_catalog; SET row_security = off; SET default_transaction_isolation = "
    "'read committed';"
    "SET default_transaction_read_only = off; SET default_transaction_deferrable = off;"
    "SET synchronize_seqscans = on; SET lock_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0; SET jit = off; SET default_tablespace = '';"
    "SET default_table_access_method = 'heap'; SET idle_session_timeout = 0;"
    "SET quote_all_identifiers = off;"
    "SET client_min_messages = error; SET exit_on_error = off;"
    // A role that is replica by default would neither check keys nor fire triggers. Only superusers
    // may set it, so it is touched only where it must be.
    "SELECT set_config('session_replication_role', 'origin', false)"
    " WHERE current_setting('session_replication_role') = 'replica'";

// What a session's use may leave behind besides a transaction: advisory locks, settings, temporary
// tables. Prepared statements and the server's catalog caches are what it is kept for.
constexpr const char* kResetSession =
    "SELECT pg_catalog.pg_advisory_unlock_all(); RESET ROLE; RESET ALL; DISCARD TEMP;"
    "SET application_name = 'regraft/idle'";

void SwallowNotice(void* /*unused*/, const char* /*unused*/) {}

std::string ApplicationName(const std::string& role) { return absl::StrCat("regraft/", role); }

pg_conn* ConnectRaw(const ConnectOptions& options) {
  const std::string name = ApplicationName(options.role);
  // The conninfo comes first as "dbname" and is expanded; what follows wins over it.
  const std::array<const char*, 8> keywords = {"dbname",
                                               "application_name",
                                               "connect_timeout",
                                               "keepalives_idle",
                                               "keepalives_interval",
                                               "keepalives_count",
                                               "tcp_user_timeout",
                                               nullptr};
  const std::array<const char*, 8> values = {
      options.conninfo.c_str(), name.c_str(), "10", "10", "5", "3", "30000", nullptr};
  const int skip = options.conninfo.empty() ? 1 : 0;
  return PQconnectdbParams(keywords.data() + skip, values.data() + skip, 1);
}

}  // namespace

void Connection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

absl::StatusOr<Connection> Connection::Open(const ConnectOptions& options) {
  std::optional<Connection> idle;
  if (options.pool != nullptr) idle = options.pool->Take(options.conninfo, options.role);
  if (idle.has_value()) {
    idle->role_ = options.role;
    RETURN_IF_ERROR(idle->Prepare(options));
    return *std::move(idle);
  }
  Connection opened;
  opened.role_ = options.role;
  opened.conninfo_ = options.conninfo;
  opened.connection_.reset(ConnectRaw(options));
  pg_conn* raw = opened.connection_.get();
  if (raw == nullptr) return absl::ResourceExhaustedError("libpq could not allocate a connection");
  if (PQstatus(raw) != CONNECTION_OK)
    return ErrorFromConnection(raw, absl::StrCat(options.role, ": cannot connect"));
  PQsetNoticeProcessor(raw, SwallowNotice, nullptr);
  RETURN_IF_ERROR(opened.Prepare(options));
  return opened;
}

// What differs from one use of a session to the next.
absl::Status Connection::Prepare(const ConnectOptions& options) {
  if (options.scope != nullptr) {
    member_ = std::make_unique<CancelScope::Member>(connection_.get());
    scope_ = options.scope;
    scope_->Add(member_.get());
  }
  std::string encoding = options.client_encoding;
  if (encoding.empty()) encoding = server_encoding() == "SQL_ASCII" ? "SQL_ASCII" : "UTF8";
  RETURN_IF_ERROR(Run(absl::StrCat(
      kPinnedSettings, "; SET application_name = ", QuoteLiteral(ApplicationName(options.role)),
      "; SET client_encoding = '", encoding, "'")));
  pool_ = options.pool;
  return absl::OkStatus();
}

Connection::~Connection() { Leave(); }

// A cancel that is on its way must not meet the session's next use: once its scope is cancelled, a
// session ends.
void Connection::Leave() {
  const std::shared_ptr<CancelScope> scope = std::exchange(scope_, nullptr);
  if (scope != nullptr && member_ != nullptr) scope->Remove(member_.get());
  member_.reset();
  const std::shared_ptr<SessionPool> pool = std::exchange(pool_, nullptr);
  if (pool == nullptr || connection_ == nullptr || (scope != nullptr && scope->cancelled())) return;
  const PGTransactionStatusType state = PQtransactionStatus(connection_.get());
  if (state == PQTRANS_ACTIVE || state == PQTRANS_UNKNOWN) return;
  // Where there is no transaction a ROLLBACK would put a warning into the server's log.
  const std::string rollback = state == PQTRANS_IDLE ? "" : "ROLLBACK; ";
  if (Run(rollback + kResetSession).ok()) pool->Give(std::move(*this));
}

Connection::Connection(Connection&&) noexcept = default;

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(member_, other.member_);
  std::swap(scope_, other.scope_);
  std::swap(pool_, other.pool_);
  std::swap(conninfo_, other.conninfo_);
  std::swap(role_, other.role_);
  std::swap(prepared_, other.prepared_);
  return *this;
}

absl::Status Connection::CheckUsable() const {
  if (scope_ != nullptr && scope_->cancelled())
    return absl::CancelledError(absl::StrCat(role_, ": stopped because the work was cancelled"));
  return absl::OkStatus();
}

absl::StatusOr<Result> Connection::Wrap(pg_result* raw, std::string_view sql) {
  Result result(raw);
  switch (PQresultStatus(raw)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      return result;
    case PGRES_FATAL_ERROR:
    case PGRES_NONFATAL_ERROR:
      // Of a session that has ended, libpq's last answer says no more than that it has.
      if (raw == nullptr || PQresultErrorField(raw, PG_DIAG_SQLSTATE) == nullptr)
        return ErrorFromConnection(connection_.get(), role_);
      return ErrorFromResult(raw, role_);
    default:
      return absl::InternalError(absl::StrCat(role_, ": unexpected answer ",
                                              PQresStatus(PQresultStatus(raw)),
                                              " to: ", AsAbsl(sql.substr(0, 80))));
  }
}

absl::StatusOr<Result> Connection::Execute(const std::string& sql) {
  RETURN_IF_ERROR(CheckUsable());
  return Wrap(PQexec(connection_.get(), sql.c_str()), sql);
}

absl::StatusOr<Result> Connection::QueryFormat(const std::string& sql, const Parameters& parameters,
                                               int format) {
  RETURN_IF_ERROR(CheckUsable());
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters)
    values.push_back(parameter.has_value() ? parameter->c_str() : nullptr);
  return Wrap(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                           values.data(), nullptr, nullptr, format),
              sql);
}

absl::StatusOr<Result> Connection::Query(const std::string& sql, const Parameters& parameters) {
  return QueryFormat(sql, parameters, 0);
}

// A plan for the values at hand would be made anew each time, and costs more than it saves: what
// the server itself would choose is known only after some executions.
absl::StatusOr<Result> Connection::QueryPrepared(const std::string& sql,
                                                 const Parameters& parameters) {
  RETURN_IF_ERROR(CheckUsable());
  const auto [entry, is_new] =
      prepared_.try_emplace(sql, absl::StrCat("regraft_", prepared_.size()));
  const std::string& name = entry->second;
  if (is_new) {
    const auto made =
        Wrap(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr), sql).status();
    if (!made.ok()) prepared_.erase(entry);
    RETURN_IF_ERROR(made);
  }
  const std::string arguments =
      absl::StrJoin(parameters, ", ", [this](std::string* out, const auto& parameter) {
        out->append(parameter.has_value() ? QuoteLiteral(*parameter) : "NULL");
      });
  return ExecuteInSeries(absl::StrCat("SET plan_cache_mode = force_generic_plan; EXECUTE ", name,
                                      arguments.empty() ? "" : absl::StrCat("(", arguments, ")"),
                                      "; RESET plan_cache_mode"));
}

// Several statements in one round trip: the answer that has columns, or the first failure, which
// ends the series and takes settings back.
absl::StatusOr<Result> Connection::ExecuteInSeries(const std::string& sql) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
    return ErrorFromConnection(connection_.get(), role_);
  std::optional<absl::StatusOr<Result>> answer;
  while (pg_result* raw = PQgetResult(connection_.get())) {
    const bool telling = PQresultStatus(raw) != PGRES_COMMAND_OK;
    absl::StatusOr<Result> result = Wrap(raw, sql);
    if (telling && !answer.has_value()) answer = std::move(result);
  }
  if (!answer.has_value()) return absl::InternalError(role_ + ": no answer to a query");
  return *std::move(answer);
}

absl::StatusOr<Result> Connection::QueryBinary(const std::string& sql,
                                               const Parameters& parameters) {
  return QueryFormat(sql, parameters, 1);
}

// Nothing comes unasked but notices and the end: only then the server is asked, and the answer says
// why.
absl::Status Connection::CheckAlive() {
  pollfd socket = {.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  if (socket.fd >= 0 && poll(&socket, 1, 0) == 0) return CheckUsable();
  return Annotate(Run(";"), "a session that the copy stands on has ended");
}

absl::Status Connection::Commit() {
  ASSIGN_OR_RETURN(const Result result, Execute("COMMIT"));
  if (result.command_tag() == "COMMIT") return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(role_, ": COMMIT was answered with ",
                                         AsAbsl(result.command_tag()),
                                         ": the transaction had failed"));
}

absl::Status Connection::Start(const std::string& sql, int expected_status) {
  RETURN_IF_ERROR(CheckUsable());
  pg_result* raw = PQexec(connection_.get(), sql.c_str());
  if (PQresultStatus(raw) == expected_status) {
    PQclear(raw);
    return absl::OkStatus();
  }
  return Wrap(raw, sql).status();
}

absl::StatusOr<CopyOut> Connection::StartCopyOut(const std::string& sql) {
  RETURN_IF_ERROR(Start(sql, PGRES_COPY_OUT));
  return CopyOut(connection_.get(), role_);
}

absl::StatusOr<CopyIn> Connection::StartCopyIn(const std::string& sql) {
  RETURN_IF_ERROR(Start(sql, PGRES_COPY_IN));
  return CopyIn(connection_.get(), role_);
}

std::string Connection::QuoteLiteral(std::string_view text) const {
  char* escaped = PQescapeLiteral(connection_.get(), text.data(), text.size());
  if (escaped == nullptr) return "NULL";  // only for bytes that are invalid in the client encoding
  std::string quoted = escaped;
  PQfreemem(escaped);
  return quoted;
}

int Connection::backend_pid() const { return PQbackendPID(connection_.get()); }
int Connection::server_version() const { return PQserverVersion(connection_.get()); }

std::string Connection::server_encoding() const {
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  return encoding == nullptr ? "" : encoding;
}

}  // namespace regraft::pg
