// regraft show: a saved plan, and whether it still fits the database.

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/files.h"
#include "cli/render/approval_text.h"
#include "cli/render/plan_markdown.h"
#include "cli/render/plan_sql.h"
#include "cli/render/plan_text.h"
#include "cli/render/words.h"
#include "engine/approval/staleness.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/plan_runs.h"
#include "engine/ledger/schema.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using saved_plan::SavedPlan;

constexpr const char* kAbout =
    "Show a saved plan, and say whether it is FRESH or STALE, and why. Works without a database "
    "too, and says so.\n"
    "--run shows the plan of which the ledger's run was, and with -o writes its file again, byte "
    "for byte, for whom it\n"
    "was lost: regraft undo takes it.\n"
    "Examples:\n"
    "  regraft show saved.json\n"
    "  regraft show --run 3 -o saved.json\n"
    "  regraft show saved.json --format md > plan.md";

struct ShowFlags {
  std::string file, format = "text", output;
  int64_t run = 0;  // 0: the file
  bool verbose = false;
};

// What the database says of the plan, as far as it could be asked.
struct Comparison {
  std::optional<std::vector<std::string>> stale_reasons;
  std::optional<approval::Gate> gate;
  std::string failure;  // why one of the above is missing

  [[nodiscard]] bool fresh() const { return stale_reasons.has_value() && stale_reasons->empty(); }
};

absl::Status Compare(const Session& session, const ShowFlags& flags, const SavedPlan& plan,
                     Comparison* comparison) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("show")));
  ASSIGN_OR_RETURN(comparison->stale_reasons, approval::StaleReasons(connection, plan));
  const approval::Candidate candidate{
      .plan = plan, .stale_reasons = *comparison->stale_reasons, .file = flags.file};
  ASSIGN_OR_RETURN(comparison->gate, approval::CheckGate(connection, candidate));
  return absl::OkStatus();
}

std::string ComparisonText(const Comparison& comparison, const SavedPlan& plan) {
  const Margin margin{.indent = 0, .label_width = 10};
  if (!comparison.stale_reasons.has_value())
    return Wrapped(
        margin, "UNKNOWN:", "could not compare the plan with its database: " + comparison.failure);
  if (comparison.fresh())
    return Wrapped(margin,
                   "FRESH:", absl::StrCat("database ", plan.database, " is as the plan found it"));
  std::string out;
  for (const std::string& reason : *comparison.stale_reasons)
    out += Wrapped(margin, out.empty() ? "STALE:" : "", reason);
  return out;
}

std::string GateOrNext(const Comparison& comparison, const ShowFlags& flags,
                       const SavedPlan& plan) {
  if (!comparison.gate.has_value()) {
    const bool unread = comparison.stale_reasons.has_value();
    return (unread ? Wrapped({}, "", "approvals could not be read: " + comparison.failure) : "") +
           NextCommand(plan, {.plan = "PLAN.yaml", .saved = flags.file});
  }
  // The reasons stand above already.
  if (comparison.gate->state == approval::GateState::kStale)
    return Wrapped({.indent = 0, .label_width = 10}, "next", comparison.gate->remedy);
  return GateText(*comparison.gate);
}

ordered_json Document(const Comparison& comparison, const SavedPlan& plan,
                      const std::string& text) {
  ordered_json document;
  document["sha256"] = plan.sha256;
  document["fresh"] = comparison.stale_reasons.has_value() ? ordered_json(comparison.fresh())
                                                           : ordered_json(nullptr);
  document["stale_reasons"] = comparison.stale_reasons.value_or(std::vector<std::string>{});
  document["not_compared"] =
      comparison.failure.empty() ? ordered_json(nullptr) : ordered_json(comparison.failure);
  document["gate"] =
      comparison.gate.has_value() ? GateJson(*comparison.gate) : ordered_json(nullptr);
  document["plan"] = ordered_json::parse(text);
  return document;
}

// The file as it was, from the ledger.
absl::StatusOr<std::string> TextOfRun(const Session& session, int64_t run) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("show")));
  ASSIGN_OR_RETURN(const bool has_actions, ledger::HasPlanActions(connection));
  if (!has_actions) return absl::NotFoundError("nothing of a plan was executed in this database");
  ASSIGN_OR_RETURN(const std::string sha256, ledger::PlanOfRun(connection, run));
  return ledger::ReadSavedPlan(connection, sha256);
}

std::string WrittenAgain(const ShowFlags& flags, const SavedPlan& plan) {
  const std::string file = ShellWord(flags.output);
  return absl::StrCat(flags.output, " is the saved plan of run ", flags.run, " again, SHA-256 ",
                      plan.sha256, "\nnext: regraft report ", file, ", regraft undo ", file, "\n");
}

absl::Status Show(const Session& session, const ShowFlags& flags, ordered_json* document) {
  const std::string name =
      flags.run == 0 ? flags.file : absl::StrCat("the plan of run ", flags.run);
  ASSIGN_OR_RETURN(const std::string text,
                   flags.run == 0 ? ReadTextFile(flags.file) : TextOfRun(session, flags.run));
  ASSIGN_OR_RETURN(const SavedPlan plan, saved_plan::ReadSavedPlan(text, name));
  std::string out;
  if (!flags.output.empty()) {
    RETURN_IF_ERROR(WriteTextFile(flags.output, text));
    *document = {{"sha256", plan.sha256}, {"run", flags.run}, {"file", flags.output}};
    if (!session.json) out = WrittenAgain(flags, plan);
  } else if (!session.json && flags.format == "md") {
    out = PlanMarkdown(plan);
  } else if (!session.json && flags.format == "sql") {
    out = PlanSql(plan);
  } else {
    Comparison comparison;
    comparison.failure = absl::StrCat(Compare(session, flags, plan, &comparison).message());
    if (session.json)
      *document = Document(comparison, plan, text);
    else
      out = absl::StrCat(PlanText(plan, flags.verbose), "\n", ComparisonText(comparison, plan),
                         GateOrNext(comparison, flags, plan));
  }
  std::fputs(out.c_str(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, ShowFlags flags) {
  if (flags.run != 0) flags.file = "SAVED.json";  // in what to type next
  ordered_json document;
  const absl::Status status = Show(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddShow(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("show", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<ShowFlags>();
  CLI::Option* file = AddSavedFile(verb, &flags->file);
  CLI::Option* run =
      verb->add_option("--run", flags->run, "the saved plan of this run, from the ledger")
          ->type_name("NUMBER")
          ->check(CLI::PositiveNumber)
          ->excludes(file);
  verb->add_option("-o,--output", flags->output, "write the saved plan there again")
      ->type_name("SAVED.json")
      ->needs(run);
  verb->add_option("--format", flags->format, "text, md (a document) or sql (what would run)")
      ->check(CLI::IsMember({"text", "md", "sql"}))
      ->capture_default_str();
  verb->add_flag("--verbose", flags->verbose, "every column, and the SELECTs in full");
  verb->callback([session, flags] {
    if (flags->file.empty() && flags->run == 0)
      throw CLI::ValidationError("show", "wants SAVED.json, or --run NUMBER");
    session->run = [session, flags] { return Run(*session, *flags); };
  });
}

}  // namespace regraft::cli
