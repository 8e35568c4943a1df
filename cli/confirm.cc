#include "cli/confirm.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace regraft::cli {

bool CanAsk(const Session& session) { return !session.json && isatty(STDIN_FILENO) != 0; }

absl::Status CheckCanAsk(const Session& session, Answered answered) {
  if (answered != Answered::kByNobody || CanAsk(session)) return absl::OkStatus();
  return NotApproved("nothing was done: nobody could be asked; --yes answers beforehand");
}

absl::Status AskFirst(const Session& session, Answered answered, const std::string& question) {
  RETURN_IF_ERROR(CheckCanAsk(session, answered));
  if (answered == Answered::kByYes || !CanAsk(session)) return absl::OkStatus();
  std::fprintf(stderr, "%s [y/N] ", question.c_str());
  std::string answer;
  if (std::getline(std::cin, answer) && (answer == "y" || answer == "yes")) return absl::OkStatus();
  return WithKind(absl::CancelledError("nothing was done: it was not wanted now"),
                  FailureKind::kStopped);
}

}  // namespace regraft::cli
