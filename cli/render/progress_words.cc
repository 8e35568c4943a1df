#include "cli/render/progress_words.h"

#include <cstdio>
#include <unistd.h>

namespace regraft::cli {
namespace {

constexpr auto kEvery = std::chrono::seconds(5);  // where nobody watches, a log is read

}  // namespace

ProgressWords::ProgressWords(bool quiet)
    : quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_(std::chrono::steady_clock::now() + kEvery) {}

ProgressWords::~ProgressWords() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressWords::Show(const std::string& words) {
  if (quiet_) return;
  if (terminal_) {
    std::fprintf(stderr, "\r\x1b[K%s", words.c_str());
    shown_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kEvery;
  std::fprintf(stderr, "regraft: %s\n", words.c_str());
}

}  // namespace regraft::cli
