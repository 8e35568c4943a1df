// A session on a PostgreSQL server. Owns its PGconn; one thread at a time, hand-over allowed. Calls
// block; a CancelScope ends them from outside. Every session has the same kPinnedSettings, in both
// directions, so that values mean the same on each. Its end closes it, or gives it back to its
// SessionPool as soon as the server says that it holds nothing any more.
#pragma once

#include "engine/pg/cancel_scope.h"
#include "engine/pg/copy_in.h"
#include "engine/pg/copy_out.h"
#include "engine/pg/result.h"

#include "absl/status/statusor.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace regraft::pg {

class SessionPool;

// Where and how to connect. `conninfo` is a libpq connection string or URI; empty means the
// environment.
struct ConnectOptions {
  std::string conninfo;
  // What this connection does, such as "source-reader/3": names it in errors and in
  // pg_stat_activity.
  std::string role;
  // Empty: UTF8, or SQL_ASCII where the server itself is SQL_ASCII.
  std::string client_encoding;
  std::shared_ptr<CancelScope> scope = nullptr;
  // Where the session comes from and goes back to; without one it lasts as long as the Connection.
  std::shared_ptr<SessionPool> pool = nullptr;
};

using Parameters = std::vector<std::optional<std::string>>;

class Connection {
 public:
  static absl::StatusOr<Connection> Open(const ConnectOptions& options);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  // Runs one or more statements by the simple protocol; the answer is that of the last.
  absl::StatusOr<Result> Execute(const std::string& sql);
  absl::Status Run(const std::string& sql) { return Execute(sql).status(); }
  // Runs one statement with parameters $1 … in text format.
  absl::StatusOr<Result> Query(const std::string& sql, const Parameters& parameters);
  // The same for statements that are long and come again: parsed and planned once per session,
  // without regard to the parameters' values.
  absl::StatusOr<Result> QueryPrepared(const std::string& sql, const Parameters& parameters);
  // As Query(), answer in binary format.
  absl::StatusOr<Result> QueryBinary(const std::string& sql, const Parameters& parameters);
  // Whether the server still serves this idle session; costs nothing as long as it does. Errors:
  // why it ended. REQUIRES: no statement is running.
  absl::Status CheckAlive();
  // COMMIT, checked by its tag: a failed transaction answers ROLLBACK without an error.
  absl::Status Commit();

  // `sql` is a COPY … TO STDOUT or COPY … FROM STDIN. The connection is busy until the stream ends.
  absl::StatusOr<CopyOut> StartCopyOut(const std::string& sql);
  absl::StatusOr<CopyIn> StartCopyIn(const std::string& sql);

  [[nodiscard]] std::string QuoteLiteral(std::string_view text) const;
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] int server_version() const;  // 150018 for 15.18
  [[nodiscard]] std::string server_encoding() const;
  [[nodiscard]] const std::string& role() const { return role_; }

 private:
  friend class SessionPool;

  Connection() = default;
  absl::Status Prepare(const ConnectOptions& options);
  void Leave();
  absl::Status CheckUsable() const;
  absl::StatusOr<Result> ExecuteInSeries(const std::string& sql);
  absl::StatusOr<Result> Wrap(pg_result* raw, std::string_view sql);
  absl::StatusOr<Result> QueryFormat(const std::string& sql, const Parameters& parameters,
                                     int format);
  absl::Status Start(const std::string& sql, int expected_status);

  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
  std::unique_ptr<CancelScope::Member> member_;
  std::shared_ptr<CancelScope> scope_;
  std::shared_ptr<SessionPool> pool_;
  std::string conninfo_;
  std::string role_;
  std::map<std::string, std::string> prepared_;  // text -> name
};

}  // namespace regraft::pg
