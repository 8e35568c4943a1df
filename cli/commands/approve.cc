// regraft approve: puts a name to a saved plan's SHA-256.

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/render/approval_text.h"
#include "cli/render/words.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAbout =
    "Approve a saved plan: this file, for this database, as it is now. What is approved is the "
    "file's SHA-256.\n"
    "Refused (exit code 3) when the database has changed since the plan was saved, and when the "
    "plan wants somebody\n"
    "else than its planner.\n"
    "Example:\n"
    "  regraft approve saved.json --by grace --note 'discussed on Monday'";

struct ApproveFlags {
  std::string file, by, note;
};

std::string Text(const approval::Approved& approved) {
  const approval::Approval& it = approved.approval;
  return absl::StrCat(
      Wrapped({}, "",
              absl::StrCat(approved.is_new ? "" : "already ", "approved by ", it.by, " at ",
                           it.approved_at, ", ", Evidence(it.session_role, it.client_address),
                           "; holds until ", it.expires_at,
                           approved.is_new ? "" : "; nothing changed")),
      GateText(approved.gate));
}

absl::Status Approve(const Session& session, const ApproveFlags& flags, ordered_json* document) {
  ASSIGN_OR_RETURN(SavedAtDatabase saved, OpenSavedFile(session, flags.file, "approve"));
  (*document)["sha256"] = saved.plan.sha256;
  (*document)["stale_reasons"] = saved.stale_reasons;
  ASSIGN_OR_RETURN(const approval::Approved approved,
                   approval::Approve(saved.connection, saved.At(flags.file),
                                     {.by = flags.by, .note = flags.note}));
  (*document)["new"] = approved.is_new;
  (*document)["approval"] = ApprovalJson(approved.approval);
  (*document)["gate"] = GateJson(approved.gate);
  if (!session.json) std::fputs(Text(approved).c_str(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, const ApproveFlags& flags) {
  ordered_json document;
  const absl::Status status = Approve(session, flags, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddApprove(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("approve", kAbout);
  AddCommonFlags(verb, session);
  auto flags = std::make_shared<ApproveFlags>();
  AddSavedFile(verb, &flags->file)->required();
  AddBy(verb, &flags->by)->required();
  verb->add_option("--note", flags->note, "kept with the approval");
  verb->callback(
      [session, flags] { session->run = [session, flags] { return Run(*session, *flags); }; });
}

}  // namespace regraft::cli
