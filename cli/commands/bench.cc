// regraft bench: how fast this engine is on this database, with the user's own table.

#include "cli/commands/commands.h"
#include "cli/commands/copy_flags.h"
#include "cli/render/progress_line.h"
#include "engine/base/status_macros.h"
#include "engine/copy/bench_job.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <cstdio>
#include <vector>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Copy a table into a scratch table, again and again, and print rows/s and MB/s: verified, "
    "unverified, and\n"
    "one INSERT ... SELECT beside them. The scratch schema is dropped at the end.\n"
    "Example:\n"
    "  regraft bench app.orders --seconds 60";

struct BenchFlags {
  std::string source;
  int seconds = 60;
  int jobs = 0;
};

void PrintText(const copy::BenchResult& result) {
  std::printf("%s: %lld rows, %.1f MB on the wire, %d lanes, %d rounds\n", result.source.c_str(),
              static_cast<long long>(result.rows), static_cast<double>(result.bytes) / 1e6,
              result.jobs, result.rounds);
  for (const copy::BenchLine& line : result.lines)
    std::printf("  %-28s median %7.2f s  %10.0f rows/s  %7.1f MB/s\n", line.name.c_str(),
                line.seconds_median, static_cast<double>(result.rows) / line.seconds_median,
                static_cast<double>(result.bytes) / 1e6 / line.seconds_median);
}

ordered_json ToJson(const copy::BenchResult& result) {
  ordered_json document = {{"source", result.source}, {"rows", result.rows},
                           {"bytes", result.bytes},   {"jobs", result.jobs},
                           {"rounds", result.rounds}, {"measured", ordered_json::array()}};
  for (const copy::BenchLine& line : result.lines)
    document["measured"].push_back(
        {{"name", line.name},
         {"seconds", line.seconds},
         {"seconds_median", line.seconds_median},
         {"rows_per_second", static_cast<double>(result.rows) / line.seconds_median},
         {"megabytes_per_second", static_cast<double>(result.bytes) / 1e6 / line.seconds_median}});
  return document;
}

absl::Status Measure(const Session& session, const BenchFlags& flags, copy::BenchResult* result) {
  ProgressLine progress(session.json);
  copy::BenchOptions options{.connect = session.Connect(""),
                             .source = {},
                             .seconds = flags.seconds,
                             .jobs = flags.jobs > 0 ? flags.jobs : DefaultJobs(),
                             .max_memory_bytes = DefaultMaxMemory()};
  ASSIGN_OR_RETURN(options.source, pg::ParseQualifiedName(flags.source));
  options.say = [&](const std::string& words) { progress.Say(words); };
  return copy::RunBench(options, result);
}

int Run(const Session& session, const BenchFlags& flags) {
  copy::BenchResult result;
  const absl::Status status = Measure(session, flags, &result);
  if (!session.json && status.ok()) PrintText(result);
  return Conclude(session, status, ToJson(result));
}

}  // namespace

void AddBench(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("bench", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<BenchFlags>();
  verb->add_option("SOURCE", flags->source, "the table to measure with")->required();
  verb->add_option("--seconds", flags->seconds, "how long to go on; at least one round is made")
      ->envname("REGRAFT_SECONDS")
      ->check(CLI::Range(1, 86400));
  verb->add_option("--jobs", flags->jobs, "lanes")
      ->envname("REGRAFT_JOBS")
      ->check(CLI::Range(1, 64));
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
