// regraft copy: one table into another, verified.

#include "cli/commands/commands.h"
#include "cli/commands/copy_flags.h"
#include "cli/render/copy_text.h"
#include "cli/render/progress_line.h"
#include "engine/copy/copy_job.h"

namespace regraft::cli {
namespace {

constexpr const char* kAbout =
    "Copy a table into another, in parallel, and verify every chunk\n"
    "Examples:\n"
    "  regraft copy app.orders_2023 app.orders --set origin=2023 --create\n"
    "  regraft copy app.failures app.errors --set origin=failures --overflow details \\\n"
    "      --map 'error_type=reason:{\"no mail\":\"missing\",\"*\":\"other\"}'\n"
    "  regraft copy app.orders_2023 app.orders --set origin=2023 --discard\n"
    "The same command again continues an interrupted copy, or verifies a finished one.";

int Run(const Session& session, const CopyFlags& flags) {
  copy::CopyReport report;
  copy::CopyOptions options;
  ProgressLine progress(session.json);
  absl::Status status = flags.Build(session, &options);
  options.say = [&](const std::string& words) { progress.Say(words); };
  options.on_tick = [&](const copy::CopyOptions::Tick& tick) { progress.Show(tick); };
  if (status.ok())
    status = flags.discard ? copy::DiscardCopy(options, &report) : copy::RunCopy(options, &report);
  progress.Clear();
  if (!session.json && status.ok()) PrintCopyText(report, flags.discard);
  return Conclude(session, status, CopyJson(report));
}

}  // namespace

void AddCopy(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("copy", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<CopyFlags>();
  flags->AddTo(verb);
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
