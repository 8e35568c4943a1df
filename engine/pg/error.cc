#include "engine/pg/error.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include <libpq-fe.h>

#include <array>
#include <utility>

namespace regraft::pg {
namespace {

constexpr absl::string_view kSqlstateUrl = "pg/sqlstate";

// Exact codes first, then classes (the first two characters).
constexpr std::array<std::pair<std::string_view, absl::StatusCode>, 6> kByCode = {{
    {kLockNotAvailable, absl::StatusCode::kUnavailable},
    {kDeadlockDetected, absl::StatusCode::kUnavailable},
    {kQueryCanceled, absl::StatusCode::kCancelled},
    {kInsufficientPrivilege, absl::StatusCode::kPermissionDenied},
    {kUndefinedTable, absl::StatusCode::kNotFound},
    {"53100", absl::StatusCode::kResourceExhausted},
}};
constexpr std::array<std::pair<std::string_view, absl::StatusCode>, 9> kByClass = {{
    {"08", absl::StatusCode::kUnavailable},
    {"22", absl::StatusCode::kInvalidArgument},
    {"23", absl::StatusCode::kFailedPrecondition},
    {"25", absl::StatusCode::kFailedPrecondition},
    {"28", absl::StatusCode::kUnauthenticated},
    {"40", absl::StatusCode::kAborted},
    {"42", absl::StatusCode::kInvalidArgument},
    {"53", absl::StatusCode::kResourceExhausted},
    {"57", absl::StatusCode::kUnavailable},
}};

absl::StatusCode CodeFor(std::string_view sqlstate) {
  for (const auto& [code, status] : kByCode)
    if (code == sqlstate) return status;
  for (const auto& [prefix, status] : kByClass)
    if (sqlstate.substr(0, 2) == prefix) return status;
  return absl::StatusCode::kInternal;
}

std::string Field(const pg_result* result, int field) {
  const char* value = PQresultErrorField(result, field);
  return value == nullptr ? "" : value;
}

void AppendLine(std::string* message, std::string_view label, const std::string& value) {
  if (!value.empty()) absl::StrAppend(message, "; ", AsAbsl(label), ": ", value);
}

std::string TrimmedConnectionMessage(const pg_conn* connection) {
  std::string message = PQerrorMessage(connection);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return message.empty() ? "the connection is lost" : message;
}

}  // namespace

absl::Status ErrorFromResult(const pg_result* result, std::string_view what) {
  const std::string sqlstate = Field(result, PG_DIAG_SQLSTATE);
  std::string message = absl::StrCat(AsAbsl(what), ": ", Field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (Field(result, PG_DIAG_MESSAGE_PRIMARY).empty())
    absl::StrAppend(&message, PQresultErrorMessage(result));
  AppendLine(&message, "detail", Field(result, PG_DIAG_MESSAGE_DETAIL));
  AppendLine(&message, "hint", Field(result, PG_DIAG_MESSAGE_HINT));
  AppendLine(&message, "context", Field(result, PG_DIAG_CONTEXT));
  if (!sqlstate.empty()) absl::StrAppend(&message, " [SQLSTATE ", sqlstate, "]");
  absl::Status status(sqlstate.empty() ? absl::StatusCode::kUnavailable : CodeFor(sqlstate),
                      message);
  if (!sqlstate.empty()) status.SetPayload(kSqlstateUrl, absl::Cord(sqlstate));
  return status;
}

absl::Status ErrorFromConnection(const pg_conn* connection, std::string_view what) {
  return absl::UnavailableError(
      absl::StrCat(AsAbsl(what), ": ", TrimmedConnectionMessage(connection)));
}

std::string Sqlstate(const absl::Status& status) {
  const auto payload = status.GetPayload(kSqlstateUrl);
  return payload.has_value() ? static_cast<std::string>(*payload) : "";
}

bool IsCancellation(const absl::Status& status) {
  return status.code() == absl::StatusCode::kCancelled;
}

}  // namespace regraft::pg
