// The error idiom of the engine: absl::Status values, propagated by two macros that Abseil's Debian
// version lacks. Named as later Abseil names them, so that a move there is a deletion here.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <string_view>
#include <utility>

namespace regraft {

// Returns `status` with "`context`: " in front of its message; payloads (SQLSTATE …) are kept.
[[nodiscard]] inline absl::Status Annotate(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  std::string message(context);
  message.append(": ").append(status.message().data(), status.message().size());
  absl::Status annotated(status.code(), message);
  status.ForEachPayload([&annotated](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

// absl::string_view is a type of its own in Debian's Abseil; std::string_view is the engine's.
inline absl::string_view AsAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view AsStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace regraft

#define REGRAFT_CONCAT_INNER(a, b) a##b
#define REGRAFT_CONCAT(a, b) REGRAFT_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression) \
  RETURN_IF_ERROR_IMPL(REGRAFT_CONCAT(status_, __LINE__), expression)

#define RETURN_IF_ERROR_IMPL(variable, expression) \
  do {                                             \
    ::absl::Status variable = (expression);        \
    if (!variable.ok()) return variable;           \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expression) \
  ASSIGN_OR_RETURN_IMPL(REGRAFT_CONCAT(status_or_, __LINE__), lhs, expression)

#define ASSIGN_OR_RETURN_IMPL(variable, lhs, expression)   \
  auto variable = (expression);                            \
  if (!variable.ok()) return std::move(variable).status(); \
  lhs = *std::move(variable)
