// Runs the built program as its users do: a child process with arguments and environment, no shell.
#pragma once

#include "engine/base/deadline.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace regraft::support {

struct Invocation {
  std::vector<std::string> arguments;
  // Added to the test's own environment; nullopt takes a variable away.
  std::map<std::string, std::optional<std::string>> environment = {};
  std::string standard_input = {};
};

struct ProgramResult {
  int exit_code = 0;  // 128 + number when a signal ended the program, as shells say it
  std::string output;
  std::string errors;
};

// A started program. Move-only; the destructor kills a program that still runs. Its output goes to
// anonymous files, so it never waits for the test to read.
class RunningProgram {
 public:
  ~RunningProgram();
  RunningProgram(RunningProgram&& other) noexcept;
  RunningProgram& operator=(RunningProgram&&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void Kill(int signal) const;
  // Waits for the end. Nullopt when the deadline passes first; the program then still runs.
  std::optional<ProgramResult> Wait(Deadline deadline);
  // What the program wrote to standard error since the last call; empty if nothing.
  std::string ReadErrors();
  // Waits until standard error, from its beginning, contains `text`. False at the deadline, and
  // when the program ends without having written it.
  bool WaitForErrors(std::string_view text, Deadline deadline);

 private:
  friend RunningProgram Start(const Invocation& invocation);
  RunningProgram() = default;
  bool Reap();

  pid_t pid_ = -1;  // -1 once moved from
  int output_ = -1;
  int errors_ = -1;
  size_t errors_read_ = 0;
  std::optional<int> exit_code_;
};

// Throws std::runtime_error when the program cannot be started.
RunningProgram Start(const Invocation& invocation);

// Starts the program and waits for its end; after a minute it is killed and the test fails.
ProgramResult RunProgram(const Invocation& invocation);

}  // namespace regraft::support
