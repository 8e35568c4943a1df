#include "tests/support/program.h"

#include "gtest/gtest.h"

#include <csignal>

namespace regraft::support {
namespace {

TEST(Program, RunsToItsEnd) {
  const ProgramResult result = RunProgram({.arguments = {"--help"}});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
}

TEST(Program, ASignalShowsInTheExitCode) {
  RunningProgram program = Start({.arguments = {"--help"}});
  program.Kill(SIGKILL);
  const auto result = program.Wait(Deadline::After(std::chrono::seconds(10)));
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->exit_code == 128 + SIGKILL || result->exit_code == 0) << result->exit_code;
}

}  // namespace
}  // namespace regraft::support
