// regraft import: a plan that people wrote in Markdown, as a plan file.

#include "engine/document/import.h"

#include "cli/commands/commands.h"
#include "cli/render/import_text.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include "absl/strings/str_cat.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace regraft::cli {
namespace {

constexpr const char* kHelp =
    "Reads a reorganisation plan written in Markdown and writes it as a plan file on stdout; what\n"
    "the document declares against what it lists, what contradicts itself in it, and what it "
    "leaves\n"
    "open go to stderr. Needs no database. Exit code 2 when counts disagree or something is left "
    "open.\n"
    "Example:\n"
    "  regraft import reorganisation.md > plan.yaml";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  errno = 0;
  if (file) text << file.rdbuf();
  if (errno == EISDIR || (!file && errno != 0))
    return BadPlan(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  return text.str();
}

// What is left for people to decide; OK if nothing is.
absl::Status Verdict(const document::Import& import, const std::string& file) {
  const size_t todos = document::TodosOf(import.plan).size();
  if (import.CountsAgree() && todos == 0 && import.unread_rows == 0) return absl::OkStatus();
  std::string why;
  if (!import.CountsAgree())
    absl::StrAppend(&why, import.itemised, " actions are itemised, ", import.declared.value_or(0),
                    " declared; ");
  if (import.unread_rows > 0)
    absl::StrAppend(&why, import.unread_rows, " lines were not understood; ");
  absl::StrAppend(&why, todos, " todos are left");
  return Differences(absl::StrCat(file, ": ", why,
                                  "; the plan is written, and regraft plan refuses it until they "
                                  "are settled in it"));
}

absl::Status Import(const std::string& file, document::Import* import, std::string* yaml) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  ASSIGN_OR_RETURN(*import, document::ImportDocument(text, file));
  *yaml = plan::WritePlan(import->plan, import->comments);
  // What is handed out must be readable: a mistake of ours, were it not.
  return Annotate(plan::ReadPlan(*yaml, "the written plan").status(), file);
}

int Run(const Session& session, const std::string& file) {
  document::Import import;
  std::string yaml;
  absl::Status status = Import(file, &import, &yaml);
  nlohmann::ordered_json document = {{"document", file}};
  if (status.ok()) {
    document.update(ImportJson(import, yaml));
    if (!session.json) {
      std::fwrite(yaml.data(), 1, yaml.size(), stdout);
      const std::string text = ImportText(import, file);
      std::fwrite(text.data(), 1, text.size(), stderr);
    }
    status = Verdict(import, file);
  }
  return Conclude(session, status, std::move(document));
}

}  // namespace

void AddImport(CLI::App* app, Session* session) {
  auto file = std::make_shared<std::string>();
  CLI::App* verb = app->add_subcommand("import", kHelp);
  verb->add_option("DOC.md", *file, "the document, in Markdown")->required();
  verb->add_flag("--json", session->json, "one JSON document on stdout, on failure too")
      ->envname("REGRAFT_JSON");
  verb->callback(
      [session, file] { session->run = [session, file] { return Run(*session, *file); }; });
}

}  // namespace regraft::cli
