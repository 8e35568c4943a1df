// Progress on standard error: one line that rewrites itself on a terminal, a line every few seconds
// elsewhere.
#pragma once

#include "engine/copy/copy_job.h"

#include <chrono>
#include <string>

namespace regraft::cli {

class ProgressLine {
 public:
  // `quiet`: no progress, only what must be said.
  explicit ProgressLine(bool quiet);

  void Show(const copy::CopyOptions::Tick& tick);
  // A message of its own, above the progress line.
  void Say(const std::string& words);
  void Clear();

 private:
  bool quiet_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace regraft::cli
