// regraft revoke: takes back the approvals of a saved plan.

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/render/approval_text.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using approval::Approval;
using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Revoke every approval of a saved plan that no run has consumed, whoever gave it. Exit code 3 "
    "if "
    "it is too late.\n"
    "Example:\n"
    "  regraft revoke saved.json --by grace --reason 'not before the release'";

struct RevokeFlags {
  std::string file, by, reason;
};

absl::Status Revoke(const Session& session, const RevokeFlags& flags, ordered_json* document) {
  // A stale plan's approvals are revoked like any others: nothing is compared.
  ASSIGN_OR_RETURN(const saved_plan::SavedPlan plan, ReadSavedFile(flags.file));
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("revoke")));
  ASSIGN_OR_RETURN(const std::vector<Approval> revoked,
                   approval::Revoke(connection, plan, {.by = flags.by, .reason = flags.reason}));
  (*document)["sha256"] = plan.sha256;
  (*document)["revoked"] = ordered_json::array();
  std::string text = revoked.empty() ? "nothing to revoke: no approval of this plan holds\n" : "";
  for (const Approval& approval : revoked) {
    (*document)["revoked"].push_back({{"by", approval.by}, {"approved_at", approval.approved_at}});
    absl::StrAppend(&text, "revoked the approval by ", approval.by, " of ", approval.approved_at,
                    "\n");
  }
  if (!session.json) std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, const RevokeFlags& flags) {
  ordered_json document;
  const absl::Status status = Revoke(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddRevoke(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("revoke", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<RevokeFlags>();
  AddSavedFile(verb, &flags->file)->required();
  AddBy(verb, &flags->by)->required();
  verb->add_option("--reason", flags->reason, "kept with the revocation");
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
