// What every verb shares: how to connect, how to answer, how to be stopped.
#pragma once

#include "engine/pg/cancel_scope.h"
#include "engine/pg/connection.h"
#include "engine/pg/session_pool.h"

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>

namespace regraft::cli {

struct Session {
  std::string dsn;  // --dsn, else DATABASE_URL, else empty: libpq's environment
  bool json = false;
  bool json_lines = false;  // one object per line, the document the last of them
  std::shared_ptr<pg::CancelScope> scope = std::make_shared<pg::CancelScope>();
  std::shared_ptr<pg::SessionPool> pool = std::make_shared<pg::SessionPool>();
  // Set by the parsed verb; returns the process's exit code.
  std::function<int()> run;

  [[nodiscard]] pg::ConnectOptions Connect(std::string role) const {
    return ConnectTo(dsn, std::move(role));
  }
  [[nodiscard]] pg::ConnectOptions ConnectTo(const std::string& conninfo, std::string role) const {
    return {.conninfo = conninfo,
            .role = std::move(role),
            .client_encoding = "",
            .scope = scope,
            .pool = pool};
  }
};

// Adds --dsn and --json to a verb, with their environment variables.
void AddCommonFlags(CLI::App* verb, Session* session);

// For arguments that could not be parsed: whether they, or the environment, ask for JSON; and the
// document then, which holds nothing but the error.
bool WantsJson(int argc, char** argv);
void PrintUsageError(const std::string& message);

// One line on standard output, for --json-events.
void PrintEvent(const nlohmann::ordered_json& event);

// The exit code for `status`, after printing it: as "error" in `document` with --json, else on
// stderr. With --json, `document` is printed in both cases; otherwise nothing is printed for OK.
int Conclude(const Session& session, const absl::Status& status, nlohmann::ordered_json document);

}  // namespace regraft::cli
