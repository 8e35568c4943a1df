#include "cli/session.h"

#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "engine/pg/error.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace regraft::cli {
namespace {

nlohmann::ordered_json ErrorDocument(const absl::Status& status, int exit_code) {
  const std::string sqlstate = pg::Sqlstate(status);
  nlohmann::ordered_json error;
  error["message"] = static_cast<std::string>(status.message());
  error["sqlstate"] =
      sqlstate.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(sqlstate);
  error["exit_code"] = exit_code;
  return error;
}

// A server may send bytes that are not UTF-8 (SQL_ASCII); the document stays valid all the same.
void Print(const nlohmann::ordered_json& document, int indent = 2) {
  const std::string text =
      document.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::fprintf(stdout, "%s\n", text.c_str());
  std::fflush(stdout);
}

}  // namespace

void PrintEvent(const nlohmann::ordered_json& event) { Print(event, -1); }

bool WantsJson(int argc, char** argv) {
  const char* variable = std::getenv("REGRAFT_JSON");
  const std::string_view value = variable == nullptr ? "" : variable;
  const auto is_flag = [](const char* argument) { return std::string_view(argument) == "--json"; };
  return (!value.empty() && value != "0" && value != "false") ||
         std::any_of(argv, argv + argc, is_flag);
}

void PrintUsageError(const std::string& message) {
  Print({{"error", ErrorDocument(absl::InvalidArgumentError(message), kUsage)}});
}

void AddCommonFlags(CLI::App* verb, Session* session) {
  verb->add_option("--dsn", session->dsn,
                   "libpq connection string or URI; default: DATABASE_URL, then PG*")
      ->envname("DATABASE_URL")
      ->type_name("DSN");
  verb->add_flag("--json", session->json, "one JSON document on stdout, on failure too")
      ->envname("REGRAFT_JSON");
}

int Conclude(const Session& session, const absl::Status& status, nlohmann::ordered_json document) {
  // A signal that came when all was done has interrupted nothing.
  const int exit_code = Interrupted() && !status.ok() ? kInterrupted : ExitCodeFor(status);
  if (session.json) {
    document["error"] =
        status.ok() ? nlohmann::ordered_json(nullptr) : ErrorDocument(status, exit_code);
    Print(document, session.json_lines ? -1 : 2);
  }
  if (!status.ok())
    std::fprintf(stderr, "regraft: %.*s\n", static_cast<int>(status.message().size()),
                 status.message().data());
  return exit_code;
}

}  // namespace regraft::cli
