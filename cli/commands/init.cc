// regraft init: a first plan for the reader's own tables.

#include "cli/commands/commands.h"
#include "cli/commands/read_relation.h"
#include "engine/analysis/propose_plan.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/pg/connection.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace regraft::cli {
namespace {

constexpr const char* kHelp =
    "Writes a commented plan that merges tables into another one: what the catalog tells is in it, "
    "what\n"
    "must be decided is a todo. Reads only the catalog, and changes nothing.\n"
    "Example:\n"
    "  regraft init app.orders_2023 app.orders_2024 --into app.orders -o plan.yaml";

struct InitFlags {
  std::vector<std::string> sources;
  std::string target;
  std::string file;
  bool force = false;
};

absl::StatusOr<analysis::Proposal> Propose(const Session& session, const InitFlags& flags) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("init")));
  // Inheritance children and conditions are decided by the plan, not here.
  const ReadFlags all{.where = "", .children = "include", .jobs = 1};
  ASSIGN_OR_RETURN(const OpenedRelation target, OpenRelation(connection, flags.target, all));
  std::vector<catalog::Table> sources;
  for (const std::string& typed : flags.sources) {
    ASSIGN_OR_RETURN(const OpenedRelation source, OpenRelation(connection, typed, all));
    if (source.table.oid == target.table.oid)
      return BadPlan(absl::StrCat(source.name(), " cannot be merged into itself"));
    if (std::any_of(sources.begin(), sources.end(), [&source](const catalog::Table& other) {
          return other.oid == source.table.oid;
        }))
      return BadPlan(absl::StrCat(source.name(), " is named twice"));
    sources.push_back(source.table);
  }
  return analysis::ProposeMerges(sources, target.table);
}

// A file that exists may be somebody's work: "x" makes the open fail then.
absl::Status WriteFile(const InitFlags& flags, const std::string& text) {
  std::FILE* file = std::fopen(flags.file.c_str(), flags.force ? "w" : "wx");
  if (file == nullptr && errno == EEXIST)
    return BadPlan(absl::StrCat(flags.file, " exists; --force overwrites it"));
  if (file == nullptr)
    return BadPlan(absl::StrCat("cannot write ", flags.file, ": ", std::strerror(errno)));
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("could not write all of ", flags.file));
}

absl::Status Init(const Session& session, const InitFlags& flags, std::string* yaml,
                  std::vector<std::string>* todos) {
  ASSIGN_OR_RETURN(const analysis::Proposal proposal, Propose(session, flags));
  *yaml = plan::WritePlan(proposal.plan, proposal.comments);
  RETURN_IF_ERROR(Annotate(plan::ReadPlan(*yaml, "the written plan").status(), "init"));
  for (const plan::Action& action : proposal.plan.actions)
    for (const std::string& todo : action.todo)
      todos->push_back(absl::StrCat(pg::DisplayName(action.source), ": ", todo));
  if (!flags.file.empty()) return WriteFile(flags, *yaml);
  if (!session.json) std::fwrite(yaml->data(), 1, yaml->size(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, const InitFlags& flags) {
  std::string yaml;
  std::vector<std::string> todos;
  const absl::Status status = Init(session, flags, &yaml, &todos);
  nlohmann::ordered_json document;
  document["file"] = nullptr;
  if (!flags.file.empty()) document["file"] = flags.file;
  document["plan"] = yaml;
  document["todos"] = todos;
  if (status.ok() && !session.json) {
    for (const std::string& todo : todos) std::fprintf(stderr, "todo: %s\n", todo.c_str());
    if (!flags.file.empty())
      std::fprintf(stderr, "%s is written, with %zu todos\n", flags.file.c_str(), todos.size());
  }
  return Conclude(session, status, std::move(document));
}

}  // namespace

void AddInit(CLI::App* app, Session* session) {
  auto flags = std::make_shared<InitFlags>();
  CLI::App* verb = app->add_subcommand("init", kHelp);
  verb->add_option("SOURCE", flags->sources, "tables whose rows go to the target")->required();
  verb->add_option("--into", flags->target, "the table that gets the rows")
      ->required()
      ->type_name("TABLE");
  verb->add_option("-o,--output", flags->file, "write to this file; default: stdout")
      ->type_name("FILE");
  verb->add_flag("--force", flags->force, "overwrite the file if it exists");
  AddCommonFlags(verb, session);
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
