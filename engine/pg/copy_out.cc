#include "engine/pg/copy_out.h"

#include "engine/base/status_macros.h"
#include "engine/pg/error.h"

#include "absl/strings/str_cat.h"
#include <libpq-fe.h>

#include <array>
#include <utility>

namespace regraft::pg {

CopyOut::CopyOut(pg_conn* borrowed, std::string role)
    : connection_(borrowed), role_(std::move(role)) {}

CopyOut::CopyOut(CopyOut&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      message_(std::exchange(other.message_, nullptr)),
      role_(std::move(other.role_)) {}

CopyOut::~CopyOut() {
  FreeMessage();
  if (connection_ == nullptr) return;
  // Draining alone might read a whole table, so the statement is cancelled first.
  if (PGcancel* cancel = PQgetCancel(connection_); cancel != nullptr) {
    std::array<char, 256> ignored{};
    PQcancel(cancel, ignored.data(), static_cast<int>(ignored.size()));
    PQfreeCancel(cancel);
  }
  while (PQgetCopyData(connection_, &message_, 0) > 0) FreeMessage();
  while (PGresult* result = PQgetResult(connection_)) PQclear(result);
}

void CopyOut::FreeMessage() {
  PQfreemem(message_);
  message_ = nullptr;
}

absl::StatusOr<bool> CopyOut::Next(std::string_view* message) {
  FreeMessage();
  const int length = PQgetCopyData(connection_, &message_, 0);
  if (length > 0) {
    *message = {message_, static_cast<size_t>(length)};
    return true;
  }
  // -1 is the end *or* an error, -2 an error of libpq itself; only the results tell.
  RETURN_IF_ERROR(Confirm());
  if (length == -2)
    return ErrorFromConnection(connection_, absl::StrCat(role_, ": reading COPY OUT"));
  connection_ = nullptr;
  return false;
}

absl::Status CopyOut::Confirm() {
  absl::Status first;
  bool complete = false;
  while (PGresult* result = PQgetResult(connection_)) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK) complete = true;
    if (status == PGRES_FATAL_ERROR && first.ok())
      first = ErrorFromResult(result, absl::StrCat(role_, ": COPY OUT"));
    PQclear(result);
    if (PQstatus(connection_) == CONNECTION_BAD) break;
  }
  if (first.ok() && !complete)
    first = ErrorFromConnection(connection_, absl::StrCat(role_, ": COPY OUT"));
  if (!first.ok()) connection_ = nullptr;
  return first;
}

}  // namespace regraft::pg
