#include "cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <thread>
#include <unistd.h>

namespace regraft::cli {
namespace {

std::atomic<bool> interrupted = false, stop_wanted = false, stop_first = false;

// A cancel can arrive between two statements and hit nothing, so it is repeated; a third signal, or
// a server that does not answer for kGraceSeconds, shuts the sockets.
constexpr int kGraceSeconds = 10;

void Wait(const sigset_t& signals, const std::shared_ptr<pg::CancelScope>& scope) {
  int received = 0;
  sigwait(&signals, &received);
  if (stop_first) {
    std::fputs("regraft: finishing what is under way; once more to abort\n", stderr);
    stop_wanted = true;
    sigwait(&signals, &received);
  }
  interrupted = true;
  const timespec half_second = {0, 500'000'000};
  int signals_seen = 1;
  for (int round = 0; round < 2 * kGraceSeconds && signals_seen < 3; ++round) {
    scope->Cancel();
    if (sigtimedwait(&signals, nullptr, &half_second) > 0) ++signals_seen;
  }
  while (true) {
    scope->ShutDownSockets();
    sleep(1);
  }
}

}  // namespace

void HandleInterrupts(const std::shared_ptr<pg::CancelScope>& scope) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::thread(Wait, signals, scope).detach();
}

void StopOnFirstSignal() { stop_first = true; }

bool StopWanted() { return stop_wanted; }

bool Interrupted() { return interrupted; }

}  // namespace regraft::cli
