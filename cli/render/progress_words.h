// What a program is at, in words, for verbs whose work is not measured in rows.
#pragma once

#include <chrono>
#include <string>

namespace regraft::cli {

// One line on standard error that rewrites itself on a terminal; elsewhere a line every few
// seconds. Gone when the object is.
class ProgressWords {
 public:
  explicit ProgressWords(bool quiet);
  ~ProgressWords();
  ProgressWords(const ProgressWords&) = delete;
  ProgressWords& operator=(const ProgressWords&) = delete;

  void Show(const std::string& words);

 private:
  bool quiet_, terminal_, shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace regraft::cli
