// Ctrl-C and SIGTERM become a cancelled CancelScope: every statement that is running is cancelled
// on the server, and the work ends by its ordinary error path, resumable.
#pragma once

#include "engine/pg/cancel_scope.h"

#include <memory>

namespace regraft::cli {

// Call once, before any other thread exists.
void HandleInterrupts(const std::shared_ptr<pg::CancelScope>& scope);

// From now on the first signal interrupts nothing: it makes StopWanted() true, so that what is
// under way is finished. The second one interrupts.
void StopOnFirstSignal();
bool StopWanted();

// True once a signal has come that interrupts.
bool Interrupted();

}  // namespace regraft::cli
