// regraft audit: the checks of data that a plan states.

#include "engine/audit/audit.h"

#include "cli/commands/commands.h"
#include "cli/commands/csv_files.h"
#include "cli/files.h"
#include "cli/render/audit_text.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Run the checks of data that a plan states, all in one snapshot. A table, column or SQL that "
    "does not fit is an\n"
    "error before anything runs (exit code 78). The results are recorded, and compared with the "
    "last ones.\n"
    "Exit 0 if all checks find what they expect, 2 if not.\n"
    "Examples:\n"
    "  regraft audit plan.yaml\n"
    "  regraft audit plan.yaml --only 2C-1 2C-2 --export faults";

struct AuditFlags {
  std::string file, directory, format = "text";
  std::vector<std::string> only;
  bool no_record = false;
};

std::string Render(const AuditFlags& flags, const audit::AuditReport& report) {
  return flags.format == "md" ? AuditMarkdown(report) : AuditText(report);
}

absl::Status Audit(const Session& session, const AuditFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(flags.file));
  ASSIGN_OR_RETURN(const plan::Plan plan, plan::ReadPlan(text, flags.file));
  std::vector<std::string> ids;
  for (const plan::Audit& audit : plan.audits) ids.push_back(audit.id);
  CsvFiles exports(flags.directory, ids);
  audit::AuditOptions options{.connect = session.Connect("audit"), .plan = plan};
  options.plan_text = text;
  options.only = {flags.only.begin(), flags.only.end()};
  options.record = !flags.no_record;
  if (!flags.directory.empty()) {
    RETURN_IF_ERROR(exports.Open());
    options.export_rows = [&](const plan::Audit& audit, std::string_view csv) {
      return exports.Add(audit.id, csv);
    };
  }
  audit::AuditReport report;
  const absl::Status status = audit::RunAudits(options, &report);
  const absl::Status written = exports.Finish();
  *document = AuditJson(report);
  (*document)["files"] = exports.files();
  if (!session.json && !report.checks.empty()) std::fputs(Render(flags, report).c_str(), stdout);
  return written.ok() ? status : written;
}

int Run(Session session, const AuditFlags& flags) {
  session.json = session.json || flags.format == "json";
  ordered_json document;
  const absl::Status status = Audit(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddAudit(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("audit", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<AuditFlags>();
  verb->add_option("plan", flags->file, "the plan")->type_name("PLAN.yaml")->required();
  verb->add_option("--only", flags->only, "these checks alone")->type_name("ID");
  verb->add_option("--export", flags->directory,
                   "write the rows that each check found into a CSV file there")
      ->type_name("DIR");
  verb->add_flag("--no-record", flags->no_record,
                 "do not write the results into the ledger: rights to read suffice");
  verb->add_option("--format", flags->format, "text, md (Markdown) or json")
      ->envname("REGRAFT_FORMAT")
      ->check(CLI::IsMember({"text", "md", "json"}))
      ->capture_default_str();
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
