// regraft plan: a plan against a database; the saved plan that people approve.

#include "cli/commands/commands.h"
#include "cli/commands/resolve_file.h"
#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/render/plan_code.h"
#include "cli/render/plan_markdown.h"
#include "cli/render/plan_sql.h"
#include "cli/render/plan_text.h"
#include "cli/user_name.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/saved_plan_json.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using saved_plan::SavedPlan;

constexpr const char* kAbout =
    "Compare a plan with the database and say all that it would do: rows, mappings, what breaks, "
    "locks, and everything that must be refused, in one run. Changes nothing; rights to read "
    "suffice.\n"
    "Examples:\n"
    "  regraft plan plan.yaml\n"
    "  regraft plan plan.yaml --prove-mapping -o saved.json\n"
    "Exit codes: 0, or 78 where something is refused; with --detailed-exitcode 2 where changes "
    "would be made.";

struct PlanFlags : ResolveFlags {
  std::string output, format = "text", code;
  bool detailed = false, verbose = false;
};

// What would change something if it were executed.
bool HasChanges(const SavedPlan& plan) {
  return std::any_of(plan.actions.begin(), plan.actions.end(), [](const auto& action) {
    return action.state == "ready" && action.method != "question";
  });
}

// Archived, moved and merged tables, with the name that programs use from then on.
absl::StatusOr<code_search::CodeSearch> SearchNames(const std::string& directory,
                                                    const SavedPlan& saved) {
  std::vector<code_search::NameChange> changes;
  for (const saved_plan::SavedAction& action : saved.actions) {
    if (action.target.empty()) continue;
    ASSIGN_OR_RETURN(const pg::QualifiedName from, pg::ParseQualifiedName(action.source));
    ASSIGN_OR_RETURN(const pg::QualifiedName to, pg::ParseQualifiedName(action.target));
    changes.push_back({from, to});
  }
  return code_search::SearchCode(directory, changes);
}

absl::Status Save(const PlanFlags& flags, const SavedPlan& saved) {
  if (flags.output.empty() || IsRefused(saved)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, saved_plan::WriteSavedPlan(saved));
  return WriteTextFile(flags.output, text);
}

std::string Render(const PlanFlags& flags, const SavedPlan& saved,
                   const std::optional<code_search::CodeSearch>& code) {
  if (flags.format == "md") return PlanMarkdown(saved);
  if (flags.format == "sql") return PlanSql(saved);
  std::string text = PlanText(saved, flags.verbose);
  if (code.has_value()) absl::StrAppend(&text, "\n", CodeText(*code));
  const std::string file = IsRefused(saved) ? "" : flags.output;
  return absl::StrCat(text, "\n", NextCommand(saved, {.plan = flags.file, .saved = file}));
}

absl::Status Plan(const Session& session, const PlanFlags& flags, SavedPlan* saved,
                  ordered_json* document) {
  ASSIGN_OR_RETURN(*saved, ResolveFile(session, flags));
  RETURN_IF_ERROR(Save(flags, *saved));
  std::optional<code_search::CodeSearch> code;
  if (!flags.code.empty()) {
    ASSIGN_OR_RETURN(code, SearchNames(flags.code, *saved));
  }
  if (session.json || flags.format == "json") {
    ASSIGN_OR_RETURN(const std::string text, saved_plan::WriteSavedPlan(*saved));
    *document = ordered_json::parse(text);
    if (code.has_value()) (*document)["code"] = CodeJson(*code);
    return absl::OkStatus();
  }
  std::fputs(Render(flags, *saved, code).c_str(), stdout);
  return absl::OkStatus();
}

int Run(Session session, const PlanFlags& flags) {
  SavedPlan saved;
  ordered_json document;
  session.json = session.json || flags.format == "json";
  const absl::Status status = Plan(session, flags, &saved, &document);
  if (status.ok() && session.json && IsRefused(saved))
    return Conclude(session, BadPlan(flags.file + " is refused: see the findings of kind refusal"),
                    std::move(document));
  const int code = Conclude(session, status, std::move(document));
  if (code != kDone) return code;
  if (IsRefused(saved)) return kBadPlan;
  return flags.detailed && HasChanges(saved) ? kDifferences : kDone;
}

}  // namespace

void AddPlan(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("plan", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<PlanFlags>();
  flags->planner = UserName();
  verb->add_option("plan", flags->file, "the plan file")->type_name("PLAN.yaml")->required();
  verb->add_option("-o,--output", flags->output, "write the saved plan, for regraft approve")
      ->type_name("FILE");
  verb->add_option("--format", flags->format, "text, json, md (a document) or sql (what would run)")
      ->check(CLI::IsMember({"text", "json", "md", "sql"}))
      ->envname("REGRAFT_FORMAT")
      ->capture_default_str();
  verb->add_option("--code", flags->code, "search application source for names that change")
      ->type_name("DIR");
  verb->add_option("--as", flags->planner, "who plans")
      ->type_name("NAME")
      ->envname("REGRAFT_AS")
      ->capture_default_str();
  verb->add_flag("--estimate", flags->estimate, "the planner's row counts; no row is read");
  verb->add_flag("--prove-mapping", flags->prove,
                 "rebuild every source row from its forward image and compare");
  verb->add_flag("--detailed-exitcode", flags->detailed, "exit 2 where changes would be made");
  verb->add_flag("--verbose", flags->verbose, "every column, and the SELECTs in full");
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
