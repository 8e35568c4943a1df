// regraft status: how far a plan is, from another terminal.

#include "engine/status/status.h"

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/render/status_text.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>
#include <sys/ioctl.h>
#include <unistd.h>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Show how far the latest run of a plan is, from another terminal: each action's state, rows, "
    "rate and time left,\n"
    "what it waits for and who blocks it. Reads only. --watch follows until nobody is at work.\n"
    "Examples:\n"
    "  regraft status\n"
    "  regraft status saved.json --watch";

struct StatusFlags {
  std::string file;
  bool watch = false;
  double interval_seconds = 1;
};

constexpr size_t kOtherLines = 8;  // heading, who is at work, what to type next

class Screen {
 public:
  explicit Screen(const StatusFlags& flags)
      : file_(flags.file.empty() ? "SAVED.json" : flags.file),
        repaint_(flags.watch && isatty(STDOUT_FILENO) != 0) {}

  // On a terminal in place of what was there, elsewhere only what has changed.
  void Show(const status::RunStatus& status) {
    const std::string key = StatusKey(status);
    if (!repaint_ && shown_ && key == last_) return;
    std::fputs(repaint_ ? "\x1b[H\x1b[J" : shown_ ? "\n" : "", stdout);
    std::fputs(StatusText(status, file_, Room(status)).c_str(), stdout);
    std::fflush(stdout);
    last_ = key;
    shown_ = true;
  }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  // For actions: what is repainted must not scroll.
  [[nodiscard]] size_t Room(const status::RunStatus& status) const {
    winsize size{};
    if (!repaint_ || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
      return status.actions.size();
    const size_t others = kOtherLines + 3 * status.blockers.size();
    return size.ws_row > others ? size.ws_row - others : 1;
  }

  std::string file_, last_;
  bool repaint_, shown_ = false;
};

absl::Status Follow(const Session& session, const StatusFlags& flags, ordered_json* document) {
  std::string sha256;
  if (!flags.file.empty()) {
    ASSIGN_OR_RETURN(const saved_plan::SavedPlan plan, ReadSavedFile(flags.file));
    sha256 = plan.sha256;
  }
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("status")));
  Screen screen(flags);
  while (true) {
    ASSIGN_OR_RETURN(const status::RunStatus now, status::ReadStatus(connection, sha256));
    if (session.json)
      *document = StatusJson(now, screen.file());
    else
      screen.Show(now);
    if (!flags.watch || now.program.empty()) return absl::OkStatus();
    // On the server, so that Ctrl-C ends it as it ends any statement.
    RETURN_IF_ERROR(connection.Run(absl::StrCat("SELECT pg_sleep(", flags.interval_seconds, ")")));
  }
}

int Run(const Session& session, const StatusFlags& flags) {
  ordered_json document;
  const absl::Status status = Follow(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddStatus(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("status", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<StatusFlags>();
  AddSavedFile(verb, &flags->file);
  verb->add_flag("--watch", flags->watch, "follow until nobody is at work");
  verb->add_option("--interval", flags->interval_seconds, "between two looks")
      ->envname("REGRAFT_INTERVAL")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
