// regraft verify: proves copies again, or what a saved plan has done.

#include "cli/commands/commands.h"
#include "cli/commands/copy_flags.h"
#include "cli/commands/verify_plan.h"
#include "engine/base/status_macros.h"
#include "engine/copy/verify_job.h"

#include "absl/strings/str_format.h"

#include <cstdio>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "With a saved plan: prove again what it has done. Every source is rebuilt from targets and "
    "remainder, and\n"
    "compared with what is left of it; the equation of rows is printed, and kept in the ledger.\n"
    "Without: verify the last copy again, or every copy into a table, with the ledger's digests.\n"
    "Exit 0 if all is as it must be, 2 if not.\n"
    "Examples:\n"
    "  regraft verify saved.json --receipt receipts.json\n"
    "  regraft verify --against receipts.json\n"
    "  regraft verify --target app.orders";

struct VerifyFlags {
  std::string target, from;
  int jobs = 0;
  VerifyPlanFlags plan;
};

void PrintText(const copy::VerifiedCopy& copy) {
  std::string text = absl::StrFormat(
      "%s -> %s%s: %s\n  %d rows written, %d found; %d of %d chunks verified in %.1f s; source "
      "%s\n",
      copy.source, copy.target, copy.provenance.empty() ? "" : " (" + copy.provenance + ")",
      copy.verified ? "verified" : "DIFFERENT", copy.rows, copy.rows_found, copy.chunks_verified,
      copy.chunks, copy.seconds, copy.source_state);
  for (const std::string& difference : copy.differences) text += "  - " + difference + "\n";
  for (const copy::RowFinding& finding : copy.rows_different)
    text += "  - " + finding.Sentence() + "\n";
  std::fputs(text.c_str(), stdout);
}

ordered_json ToJson(const copy::VerifiedCopy& copy) {
  ordered_json rows = ordered_json::array();
  for (const copy::RowFinding& finding : copy.rows_different)
    rows.push_back({{"chunk", finding.chunk.has_value() ? ordered_json(*finding.chunk)
                                                        : ordered_json(nullptr)},
                    {"key", finding.key},
                    {"kind", finding.kind},
                    {"columns", finding.columns},
                    {"detail", finding.detail}});
  return {{"source", copy.source},
          {"target", copy.target},
          {"discriminator", copy.provenance},
          {"rows", copy.rows},
          {"rows_found", copy.rows_found},
          {"rows_remainder", copy.rows_remainder},
          {"chunks", copy.chunks},
          {"chunks_verified", copy.chunks_verified},
          {"verified", copy.verified},
          {"source_state", copy.source_state},
          {"differences", copy.differences},
          {"rows_different", rows},
          {"seconds", copy.seconds}};
}

absl::Status Verify(const Session& session, const VerifyFlags& flags,
                    std::vector<copy::VerifiedCopy>* copies) {
  copy::VerifyOptions options{.target = session.Connect("")};
  options.jobs = flags.jobs > 0 ? flags.jobs : DefaultJobs();
  if (!flags.from.empty()) options.source = session.ConnectTo(flags.from, "");
  if (!flags.target.empty()) {
    ASSIGN_OR_RETURN(options.target_table, pg::ParseQualifiedName(flags.target));
  }
  return copy::VerifyCopies(options, copies);
}

int Run(const Session& session, const VerifyFlags& flags) {
  std::vector<copy::VerifiedCopy> copies;
  const absl::Status status = Verify(session, flags, &copies);
  ordered_json document;
  document["copies"] = ordered_json::array();
  for (const copy::VerifiedCopy& copy : copies) {
    if (!session.json) PrintText(copy);
    document["copies"].push_back(ToJson(copy));
  }
  return Conclude(session, status, document);
}

}  // namespace

void AddVerify(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("verify", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<VerifyFlags>();
  AddVerifyPlanFlags(verb, &flags->plan);
  verb->add_option("--target", flags->target, "verify all copies into this table")
      ->excludes("saved", "--against");
  verb->add_option("--from", flags->from, "of copies: database of the source, where it is another")
      ->envname("REGRAFT_FROM");
  verb->add_option("--jobs", flags->jobs, "lanes that read side by side")
      ->envname("REGRAFT_JOBS")
      ->check(CLI::Range(1, 64));
  verb->callback([session, flags] {
    flags->plan.jobs = flags->jobs > 0 ? flags->jobs : DefaultJobs();
    session->run = [session, flags] {
      return IsOfPlan(flags->plan) ? RunVerifyPlan(*session, flags->plan) : Run(*session, *flags);
    };
  });
}

}  // namespace regraft::cli
