#include "tests/support/program.h"

#include "tests/support/paths.h"

#include "gtest/gtest.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace regraft::support {
namespace {

constexpr std::chrono::milliseconds kPatience{60'000};
// Short against the life of any process, long against the cost of a look.
constexpr std::chrono::milliseconds kLookAgain{2};

int AnonymousFile(const char* name, std::string_view content) {
  const int file = memfd_create(name, MFD_CLOEXEC);
  if (file < 0) throw std::runtime_error(std::string("memfd_create: ") + std::strerror(errno));
  if (pwrite(file, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
    throw std::runtime_error(std::string("pwrite: ") + std::strerror(errno));
  return file;
}

// Reads by position: the offset belongs to the program that writes.
std::string ReadFrom(int file, size_t start) {
  struct stat status = {};
  fstat(file, &status);
  const auto size = static_cast<size_t>(status.st_size);
  if (size <= start) return "";
  std::string content(size - start, '\0');
  const ssize_t got = pread(file, content.data(), content.size(), static_cast<off_t>(start));
  content.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return content;
}

std::vector<std::string> EnvironmentOf(const Invocation& invocation) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!invocation.environment.contains(std::string(text.substr(0, text.find('=')))))
      variables.emplace_back(text);
  }
  for (const auto& [name, value] : invocation.environment)
    if (value.has_value()) variables.push_back(name + "=" + *value);
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t Spawn(const Invocation& invocation, int input, int output, int errors) {
  std::vector<std::string> arguments = invocation.arguments;
  arguments.insert(arguments.begin(), support::Program());
  std::vector<std::string> environment = EnvironmentOf(invocation);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, Program().c_str(), &actions, nullptr,
                                  Pointers(arguments).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error(Program() + ": " + std::strerror(failure));
  return pid;
}

}  // namespace

RunningProgram Start(const Invocation& invocation) {
  RunningProgram program;
  program.output_ = AnonymousFile("stdout", "");
  program.errors_ = AnonymousFile("stderr", "");
  const int input = AnonymousFile("stdin", invocation.standard_input);
  program.pid_ = Spawn(invocation, input, program.output_, program.errors_);
  close(input);
  return program;
}

RunningProgram::RunningProgram(RunningProgram&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      errors_read_(other.errors_read_),
      exit_code_(other.exit_code_) {}

RunningProgram::~RunningProgram() {
  if (pid_ > 0 && !Reap()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
  if (errors_ >= 0) close(errors_);
}

// After the program is reaped its number may belong to another process.
void RunningProgram::Kill(int signal) const {
  if (!exit_code_.has_value()) kill(pid_, signal);
}

bool RunningProgram::Reap() {
  int status = 0;
  if (exit_code_.has_value()) return true;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

std::optional<ProgramResult> RunningProgram::Wait(Deadline deadline) {
  while (!Reap()) {
    if (deadline.passed()) return std::nullopt;
    std::this_thread::sleep_for(kLookAgain);
  }
  return ProgramResult{*exit_code_, ReadFrom(output_, 0), ReadFrom(errors_, 0)};
}

std::string RunningProgram::ReadErrors() {
  std::string news = ReadFrom(errors_, errors_read_);
  errors_read_ += news.size();
  return news;
}

bool RunningProgram::WaitForErrors(std::string_view text, Deadline deadline) {
  while (true) {
    const bool ended = Reap();  // before the read: what was written until the end is then seen
    if (ReadFrom(errors_, 0).find(text) != std::string::npos) return true;
    if (ended || deadline.passed()) return false;
    std::this_thread::sleep_for(kLookAgain);
  }
}

ProgramResult RunProgram(const Invocation& invocation) {
  RunningProgram program = Start(invocation);
  if (auto result = program.Wait(Deadline::After(kPatience)); result.has_value()) return *result;
  program.Kill(SIGKILL);
  ProgramResult result = *program.Wait(Deadline::After(kPatience));
  ADD_FAILURE() << "the program ran for more than a minute; it said: " << result.errors;
  return result;
}

}  // namespace regraft::support
