// A saved plan as a file: canonical JSON, whose SHA-256 is what people approve. The same value is
// the same bytes on every machine. The form: docs/saved-plan.md.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <string>
#include <string_view>

namespace regraft::saved_plan {

// The text of the file; its sha256 is computed, that of the value is not looked at. Errors: BadPlan
// for text that is not UTF-8, with its place; JSON cannot hold it.
absl::StatusOr<std::string> WriteSavedPlan(const SavedPlan& plan);
// Sets plan->sha256 to that of its text. Errors: as above.
absl::Status Seal(SavedPlan* plan);

// `file` names the text in errors. What is read was written by WriteSavedPlan, byte for byte, or is
// refused with place, cause and remedy: BadPlan.
absl::StatusOr<SavedPlan> ReadSavedPlan(const std::string& text, const std::string& file);

// The text itself, or with \xNN for each byte that is not UTF-8: for values of users' rows, which a
// server of encoding SQL_ASCII does not check.
std::string Utf8OrEscaped(std::string_view text);

}  // namespace regraft::saved_plan
