// A document's bytes in the form that md4c parses as people mean them, and in bounded memory.
#pragma once

#include "absl/status/statusor.h"

#include <string>

namespace regraft::document {

// The same lines: only what stands within a line, and how lines end, may have changed. Errors, all
// BadPlan: what is no text, or more than people write.
absl::StatusOr<std::string> ParseableText(const std::string& text);

}  // namespace regraft::document
