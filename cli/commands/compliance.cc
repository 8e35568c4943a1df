// regraft compliance: what is true now of the table that a plan's lock states.

#include "engine/compliance/compliance.h"

#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/render/compliance_text.h"
#include "cli/render/words.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Compare the database with the table of sub-hubs that a plan's \"lock\" states: which leaves "
    "are there, what they\n"
    "are registered as, what is missing; and whether the leaf lock holds, what the last audit "
    "found, which questions\n"
    "are open. Changes nothing. Exit 0 if all is as stated, 2 if not, 78 for a plan that cannot be "
    "read.\n"
    "Examples:\n"
    "  regraft compliance plan.yaml\n"
    "  regraft compliance plan.yaml --format md > compliance.md";

struct ComplianceFlags {
  std::string file, format = "text";
  bool count = false;
};

absl::Status Compare(const Session& session, const ComplianceFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("compliance")));
  ASSIGN_OR_RETURN(const compliance::Report report,
                   compliance::Examine(connection, {plan, flags.file, flags.count}));
  *document = ComplianceJson(report);
  if (!session.json)
    std::fputs((flags.format == "md" ? ComplianceMarkdown(report) : ComplianceText(report)).c_str(),
               stdout);
  if (report.gaps.empty()) return absl::OkStatus();
  return Differences(
      absl::StrCat("the database is not as the plan's lock states: ",
                   Counted(static_cast<int64_t>(report.gaps.size()), "gap", "gaps")));
}

int Run(Session session, const ComplianceFlags& flags) {
  session.json = session.json || flags.format == "json";
  ordered_json document;
  const absl::Status status = Compare(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddCompliance(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("compliance", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<ComplianceFlags>();
  verb->add_option("plan", flags->file, "the plan")->type_name("PLAN.yaml")->required();
  verb->add_flag("--count", flags->count, "count every row instead of the server's estimate");
  verb->add_option("--format", flags->format, "text, md (Markdown) or json")
      ->envname("REGRAFT_FORMAT")
      ->check(CLI::IsMember({"text", "md", "json"}))
      ->capture_default_str();
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
