// The progress of a copy: a line that rewrites itself on a terminal, a line every few seconds
// elsewhere.
#include "tests/support/copying.h"
#include "tests/support/paths.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <array>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace regraft::support {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// The program with a terminal as its standard error, and what it wrote there so far.
class OnATerminal {
 public:
  explicit OnATerminal(const Invocation& invocation) : terminal_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(terminal_);
    unlockpt(terminal_);
    const int end = open(ptsname(terminal_), O_RDWR | O_NOCTTY);
    std::vector<std::string> words = invocation.arguments;
    words.insert(words.begin(), support::Program());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, STDERR_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid_, support::Program().c_str(), &actions, nullptr, arguments.data(),
                    environ) != 0)
      ADD_FAILURE() << "the program did not start";
    posix_spawn_file_actions_destroy(&actions);
    close(end);
  }
  ~OnATerminal() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(terminal_);
  }
  OnATerminal(const OnATerminal&) = delete;
  OnATerminal& operator=(const OnATerminal&) = delete;

  // Reads until `words` have come or, without words, to the end. False when that takes too long.
  bool Read(const std::string& words) {
    const Deadline deadline = Deadline::After(std::chrono::seconds(60));
    while (words.empty() || shown_.find(words) == std::string::npos) {
      pollfd ready = {.fd = terminal_, .events = POLLIN, .revents = 0};
      if (deadline.passed()) return false;
      if (poll(&ready, 1, 100) == 0) continue;
      std::array<char, 4096> bytes{};
      const ssize_t count = read(terminal_, bytes.data(), bytes.size());
      if (count <= 0) return words.empty();  // the other end is closed
      shown_.append(bytes.data(), static_cast<size_t>(count));
    }
    return true;
  }

  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WEXITSTATUS(status);
  }

  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  int terminal_;
  pid_t pid_ = -1;
  std::string shown_;
};

class Progress : public Copying {
 protected:
  // As CopyCommand(), for people.
  [[nodiscard]] Invocation ForPeople(const Flags& flags = {}) const {
    Invocation invocation = CopyCommand(flags);
    std::erase(invocation.arguments, "--json");
    return invocation;
  }

  // Whoever has been there for a second has something to show.
  void WaitUntilASecondOld(const std::string& session) {
    WaitUntil(
        "SELECT clock_timestamp() > min(backend_start) + interval '1 second' FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE '" +
        session + "'");
  }
};

constexpr const char* kFigures = ": [0-9]+ rows, [0-9]+ MB, [0-9]+ rows/s, [0-9]+ MB/s";

TEST_F(Progress, OnATerminalRewritesOneLine) {
  MakeTables(3000);
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  OnATerminal copy(ForPeople());
  ASSERT_TRUE(copy.Read("\r\033[Kcopying: ")) << copy.shown();
  gate->Open();
  ASSERT_TRUE(copy.Read("")) << copy.shown();
  EXPECT_EQ(copy.Wait(), 0) << copy.shown();
  EXPECT_THAT(copy.shown(), ContainsRegex(std::string("copying") + kFigures));
  // Cleared at the end: what follows begins on an empty line.
  EXPECT_THAT(copy.shown().substr(copy.shown().rfind('\r')), testing::StartsWith("\r\033[K"));
}

TEST_F(Progress, ShowsTheShareAndTheTimeLeftOnceRowsHaveMoved) {
  MakeTables(20000);
  database_.Sql(
      "CREATE FUNCTION app.slow() RETURNS int LANGUAGE plpgsql AS $$BEGIN IF random() < 0.01 THEN "
      "PERFORM pg_sleep(0.01); END IF; RETURN 0; END$$; ALTER TABLE app.target ADD slow int; ALTER "
      "TABLE app.target ALTER slow SET DEFAULT app.slow()");
  OnATerminal copy(ForPeople({"--chunk-bytes", "64KiB", "--jobs", "1"}));
  EXPECT_TRUE(copy.Read(" s left")) << copy.shown();
  EXPECT_THAT(copy.shown(),
              ContainsRegex(std::string("copying") + kFigures + ", ~[0-9]+%, about [0-9]+ s left"));
  ASSERT_TRUE(copy.Read(""));
  EXPECT_EQ(copy.Wait(), 0) << copy.shown();
}

// The same command again only verifies. What holds it up is the look at the target before that.
TEST_F(Progress, ShowsTheVerification) {
  MakeTables(3000);
  ExpectExit(0, Copy({"--no-verify"}));
  pg::Connection holder = database_.Connect("holder");
  ASSERT_TRUE(holder.Run("BEGIN; LOCK TABLE app.target IN ACCESS EXCLUSIVE MODE").ok());
  OnATerminal copy(ForPeople());
  WaitUntilASecondOld("regraft/target-control");
  ASSERT_TRUE(holder.Run("ROLLBACK").ok());
  ASSERT_TRUE(copy.Read(""));
  EXPECT_EQ(copy.Wait(), 0) << copy.shown();
  EXPECT_THAT(copy.shown(), ContainsRegex(std::string("verifying") + kFigures));
}

TEST_F(Progress, ElsewhereIsALineEveryFewSecondsWithoutControlCharacters) {
  MakeTables(3000);
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = Start(ForPeople());
  ASSERT_TRUE(copy.WaitForErrors("copying: ", Deadline::After(std::chrono::seconds(30))));
  gate->Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result);
  EXPECT_THAT(result->errors, ContainsRegex(std::string("copying") + kFigures + "\n"));
  EXPECT_THAT(result->errors, Not(HasSubstr("\r")));
  EXPECT_THAT(result->errors, Not(HasSubstr("\033")));
  EXPECT_THAT(result->output, Not(HasSubstr("copying")));
}

TEST_F(Progress, IsNotShownBesideADocument) {
  MakeTables(3000);
  AddGate();
  std::optional<Gate> gate(std::in_place, database_);
  RunningProgram copy = StartCopy();
  WaitUntil(
      "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND "
      "NOT granted)");
  WaitUntilASecondOld("regraft/target-writer%");
  gate->Open();
  const auto result = copy.Wait(Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(result.has_value());
  ExpectExit(0, *result);
  EXPECT_THAT(result->errors, Not(HasSubstr("copying: ")));
  Document(*result);
}

}  // namespace
}  // namespace regraft::support
