// The pause between two attempts at a lock.
#pragma once

namespace regraft {

// Half a second or so, so that those who queue behind us are let through.
void PauseBetweenAttempts();

}  // namespace regraft
