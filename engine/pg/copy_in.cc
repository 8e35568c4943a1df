#include "engine/pg/copy_in.h"

#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <poll.h>
#include <utility>

namespace regraft::pg {
namespace {

// One PQputCopyData takes at most this much: far below the protocol's 1 GiB per message, and
// libpq's output buffer keeps its largest size for the life of a connection.
constexpr size_t kPutBytesMax = size_t{1} << 20;

// libpq does not read while it sends, so an error in the first row would be seen behind the last
// one. With notices switched off (kPinnedSettings in connection.cc) the server has nothing else to
// say before the end.
bool ServerHasSpoken(const pg_conn* connection) {
  pollfd socket = {.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
  return socket.fd < 0 || poll(&socket, 1, 0) > 0;
}

}  // namespace

CopyIn::CopyIn(pg_conn* borrowed, std::string role)
    : connection_(borrowed), role_(std::move(role)) {}

CopyIn::CopyIn(CopyIn&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), role_(std::move(other.role_)) {}

CopyIn::~CopyIn() { Abandon().IgnoreError(); }

absl::Status CopyIn::Abandon() {
  if (connection_ == nullptr) return absl::OkStatus();
  // The server may be busy with rows it already has (a trigger, an index): it is not waited for.
  if (PGcancel* cancel = PQgetCancel(connection_); cancel != nullptr) {
    std::array<char, 256> ignored{};
    PQcancel(cancel, ignored.data(), static_cast<int>(ignored.size()));
    PQfreeCancel(cancel);
  }
  return Failure();
}

absl::Status CopyIn::Put(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPutBytesMax);
    if (ServerHasSpoken(connection_)) return Failure();
    if (PQputCopyData(connection_, piece.data(), static_cast<int>(piece.size())) != 1)
      return Failure();
    bytes.remove_prefix(piece.size());
  }
  return absl::OkStatus();
}

// PQerrorMessage may only say "no COPY in progress": the cause is in the results.
absl::Status CopyIn::Failure() {
  PQputCopyEnd(connection_, "given up by regraft");
  const auto rows = Finish();
  return rows.ok() ? absl::InternalError(absl::StrCat(role_, ": COPY IN failed without a reason"))
                   : rows.status();
}

absl::StatusOr<int64_t> CopyIn::Finish() {
  pg_conn* connection = std::exchange(connection_, nullptr);
  const int ended = PQputCopyEnd(connection, nullptr);
  absl::Status first;
  int64_t rows = -1;
  while (PGresult* result = PQgetResult(connection)) {
    const ExecStatusType status = PQresultStatus(result);
    const std::string_view count = PQcmdTuples(result);
    if (status == PGRES_COMMAND_OK)
      std::from_chars(count.data(), count.data() + count.size(), rows);
    if (status == PGRES_FATAL_ERROR && first.ok())
      first = ErrorFromResult(result, absl::StrCat(role_, ": COPY IN"));
    PQclear(result);
    if (PQstatus(connection) == CONNECTION_BAD) break;
  }
  if (!first.ok()) return first;
  if (ended != 1 || rows < 0)
    return ErrorFromConnection(connection, absl::StrCat(role_, ": COPY IN"));
  return rows;
}

}  // namespace regraft::pg
