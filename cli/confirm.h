// The question before something is done, and who may answer it: somebody at a terminal. Where there
// is none, or with --json, what people have approved goes on, and all else wants --yes.
#pragma once

#include "cli/session.h"

#include "absl/status/status.h"

#include <string>

namespace regraft::cli {

// Who has answered before it is asked.
enum class Answered { kByNobody, kByApproval, kByYes };

// How `--help` says so of what no approval has answered.
inline constexpr const char* kYesHelp =
    "do not ask; where nobody can be asked (no terminal, --json) nothing is done without it: exit "
    "code 3";

// Whether somebody reads the question.
bool CanAsk(const Session& session);
// Errors: NotApproved where the question would be put to nobody.
absl::Status CheckCanAsk(const Session& session, Answered answered);
// Asks on standard error and reads a line; OK for "y" and "yes", and where it is answered already.
// Errors: as CheckCanAsk(); kStopped.
absl::Status AskFirst(const Session& session, Answered answered, const std::string& question);

}  // namespace regraft::cli
