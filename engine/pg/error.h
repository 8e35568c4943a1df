// From a server's or libpq's error to absl::Status, and back to the facts that a report needs.
#pragma once

#include "absl/status/status.h"

#include <string>
#include <string_view>

struct pg_result;
struct pg_conn;

namespace regraft::pg {

// SQLSTATEs that the engine itself decides by. Source: PostgreSQL documentation, appendix A.
inline constexpr std::string_view kLockNotAvailable = "55P03";
inline constexpr std::string_view kDeadlockDetected = "40P01";
inline constexpr std::string_view kQueryCanceled = "57014";
inline constexpr std::string_view kInsufficientPrivilege = "42501";
inline constexpr std::string_view kUndefinedTable = "42P01";
inline constexpr std::string_view kUniqueViolation = "23505";

// The status for a failed result: code by SQLSTATE (exact codes before classes), message with
// detail and hint, payloads for the single fields. `what` says what was being done, on which
// connection.
absl::Status ErrorFromResult(const pg_result* result, std::string_view what);

// The status for a connection that failed without a result (lost network, refused start).
absl::Status ErrorFromConnection(const pg_conn* connection, std::string_view what);

// The five characters of the SQLSTATE, empty when the error did not come from a server.
std::string Sqlstate(const absl::Status& status);

// True for the statement cancellations that we cause ourselves in peers of a failed worker: they
// must never hide the root cause.
bool IsCancellation(const absl::Status& status);

}  // namespace regraft::pg
