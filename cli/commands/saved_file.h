// What the verbs that take a saved plan share.
#pragma once

#include "cli/session.h"
#include "engine/approval/approval.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"
#include <CLI/CLI.hpp>

#include <string>

namespace regraft::cli {

absl::StatusOr<saved_plan::SavedPlan> ReadSavedFile(const std::string& path);

// A saved plan with the database to compare it with.
struct SavedAtDatabase {
  saved_plan::SavedPlan plan;
  pg::Connection connection;
  std::vector<std::string> stale_reasons;

  [[nodiscard]] approval::Candidate At(const std::string& file) const {
    return {.plan = plan, .stale_reasons = stale_reasons, .file = file};
  }
};
absl::StatusOr<SavedAtDatabase> OpenSavedFile(const Session& session, const std::string& path,
                                              const std::string& role);

// The positional file, and --by, which must be a name.
CLI::Option* AddSavedFile(CLI::App* verb, std::string* path);
CLI::Option* AddBy(CLI::App* verb, std::string* by);

}  // namespace regraft::cli
