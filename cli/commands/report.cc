// regraft report: what was done of a plan, as the ledger says it.

#include "engine/report/report.h"

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/files.h"
#include "cli/render/report_html.h"
#include "cli/render/report_json.h"
#include "cli/render/report_markdown.h"
#include "cli/render/report_text.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/report/inventory.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Report a plan's run from the ledger: every row accounted for, proofs, timings, hazards taken, "
    "approvals, what waits.\n"
    "Without a plan or --run the latest run in the database. The right to read schema regraft "
    "suffices.\n"
    "Examples:\n"
    "  regraft report\n"
    "  regraft report saved.json --format html -o report.html\n"
    "  regraft report --run 3 --columns columns.csv";

struct ReportFlags {
  std::string file, format = "text", output, columns;
  std::optional<int64_t> run;
};

absl::StatusOr<report::Choice> ChoiceOf(const ReportFlags& flags) {
  report::Choice choice{.run = flags.run, .plan_sha256 = ""};
  if (flags.file.empty()) return choice;
  ASSIGN_OR_RETURN(const saved_plan::SavedPlan plan, ReadSavedFile(flags.file));
  choice.plan_sha256 = plan.sha256;
  choice.file = flags.file;
  return choice;
}

std::string Render(const report::Report& report, const ReportFlags& flags,
                   const std::string& file) {
  if (flags.format == "json")
    return ReportJson(report).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  if (flags.format == "md") return ReportMarkdown(report, file);
  return flags.format == "html" ? ReportHtml(report, file) : ReportText(report, file);
}

absl::Status WriteColumns(pg::Connection& connection, const report::Report& report,
                          const std::string& path) {
  ASSIGN_OR_RETURN(const auto columns, report::ReadInventory(connection, report));
  const std::string json =
      InventoryJson(columns).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  return WriteTextFile(path, path.ends_with(".json") ? json : InventoryCsv(columns));
}

absl::Status Report(const Session& session, const ReportFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(const report::Choice choice, ChoiceOf(flags));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("report")));
  ASSIGN_OR_RETURN(const report::Report report, report::ReadReport(connection, choice));
  if (!flags.columns.empty()) RETURN_IF_ERROR(WriteColumns(connection, report, flags.columns));
  *document = ReportJson(report);
  const std::string text = Render(report, flags, choice.file);
  if (!flags.output.empty()) return WriteTextFile(flags.output, text);
  if (!session.json) std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

int Run(Session session, ReportFlags flags) {
  if (session.json) flags.format = "json";
  // In a file the report is a document of its own; stdout stays for the text of the command.
  session.json = session.json || (flags.format == "json" && flags.output.empty());
  ordered_json document;
  const absl::Status status = Report(session, flags, &document);
  return Conclude(session, status, document);
}

std::string CheckEnding(const std::string& path) {
  return path.ends_with(".csv") || path.ends_with(".json") ? ""
                                                           : path + " must end in .csv or .json";
}

}  // namespace

void AddReport(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("report", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<ReportFlags>();
  AddSavedFile(verb, &flags->file);
  verb->add_option("--run", flags->run, "this run of the ledger")->type_name("N");
  verb->add_option("--format", flags->format, "text, json, md, or html (one page)")
      ->check(CLI::IsMember({"text", "json", "md", "html"}))
      ->capture_default_str();
  verb->add_option("-o,--output", flags->output, "write it there, not to stdout")
      ->type_name("FILE");
  verb->add_option("--columns", flags->columns,
                   "also write where each column came from and where it lives")
      ->type_name("FILE.csv|.json")
      ->check(CLI::Validator(CheckEnding, ""));
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
