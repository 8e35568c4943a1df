#include "cli/render/progress_line.h"

#include "absl/strings/str_format.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace regraft::cli {
namespace {

using std::chrono::milliseconds;

std::string Describe(const copy::CopyOptions::Tick& tick) {
  const double seconds = std::max(tick.seconds, 0.001);
  const double megabytes = static_cast<double>(tick.bytes) / 1e6;
  std::string line = absl::StrFormat("%s: %d rows, %.0f MB, %.0f rows/s, %.0f MB/s",
                                     std::string(tick.phase), tick.rows, megabytes,
                                     static_cast<double>(tick.rows) / seconds, megabytes / seconds);
  if (tick.bytes_expected <= 0 || tick.bytes <= 0) return line;
  // Bytes on the wire and bytes in the heap are not the same, so this is an estimate, capped below
  // the end.
  const double done =
      std::min(0.99, static_cast<double>(tick.bytes) / static_cast<double>(tick.bytes_expected));
  return line +
         absl::StrFormat(", ~%.0f%%, about %.0f s left", 100 * done, seconds / done - seconds);
}

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_(std::chrono::steady_clock::now() + milliseconds(500)) {}

void ProgressLine::Show(const copy::CopyOptions::Tick& tick) {
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || now < next_) return;
  next_ = now + (terminal_ ? milliseconds(200) : milliseconds(5000));
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", Describe(tick).c_str());
  shown_ = terminal_;
}

void ProgressLine::Say(const std::string& words) {
  Clear();
  std::fprintf(stderr, "regraft: %s\n", words.c_str());
}

void ProgressLine::Clear() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace regraft::cli
