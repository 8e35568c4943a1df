#include "cli/commands/saved_file.h"

#include "cli/files.h"
#include "engine/approval/staleness.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/saved_plan_json.h"

#include <utility>

namespace regraft::cli {

absl::StatusOr<saved_plan::SavedPlan> ReadSavedFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  return saved_plan::ReadSavedPlan(text, path);
}

absl::StatusOr<SavedAtDatabase> OpenSavedFile(const Session& session, const std::string& path,
                                              const std::string& role) {
  ASSIGN_OR_RETURN(saved_plan::SavedPlan plan, ReadSavedFile(path));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect(role)));
  ASSIGN_OR_RETURN(std::vector<std::string> reasons, approval::StaleReasons(connection, plan));
  return SavedAtDatabase{std::move(plan), std::move(connection), std::move(reasons)};
}

CLI::Option* AddSavedFile(CLI::App* verb, std::string* path) {
  return verb->add_option("saved", *path, "file of regraft plan -o")->type_name("SAVED.json");
}

CLI::Option* AddBy(CLI::App* verb, std::string* by) {
  const auto check = [](const std::string& name) {
    return std::string(approval::DeclaredName(name).status().message());
  };
  return verb->add_option("--by", *by, "your name; it is declared, not proved")
      ->type_name("NAME")
      ->check(CLI::Validator(check, ""));
}

}  // namespace regraft::cli
