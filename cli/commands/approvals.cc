// regraft approvals: who approved what, and whether a saved plan may run.

#include "cli/commands/commands.h"
#include "cli/commands/saved_file.h"
#include "cli/render/approval_text.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <cstdio>
#include <memory>

namespace regraft::cli {
namespace {

using approval::Approval;
using nlohmann::ordered_json;

constexpr const char* kAbout =
    "List the approvals of this database, oldest first. With a saved plan only its own, and "
    "whether "
    "it may run now:\n"
    "exit code 0 if it is approved, 3 if not, with the reason and the command that cures it.\n"
    "Examples:\n"
    "  regraft approvals\n"
    "  regraft approvals saved.json";

void Fill(const std::vector<Approval>& approvals, const Session& session, ordered_json* document) {
  (*document)["approvals"] = ordered_json::array();
  for (const Approval& approval : approvals)
    (*document)["approvals"].push_back(ApprovalJson(approval));
  if (!session.json) std::fputs(ApprovalsText(approvals).c_str(), stdout);
}

absl::Status OfAll(const Session& session, ordered_json* document) {
  ASSIGN_OR_RETURN(pg::Connection connection, pg::Connection::Open(session.Connect("approvals")));
  ASSIGN_OR_RETURN(const std::vector<Approval> approvals, approval::ListApprovals(connection, ""));
  Fill(approvals, session, document);
  if (approvals.empty() && !session.json) std::fputs("no approvals in this database\n", stdout);
  return absl::OkStatus();
}

absl::Status OfPlan(const Session& session, const std::string& file, ordered_json* document) {
  ASSIGN_OR_RETURN(SavedAtDatabase saved, OpenSavedFile(session, file, "approvals"));
  ASSIGN_OR_RETURN(const approval::Gate gate,
                   approval::CheckGate(saved.connection, saved.At(file)));
  (*document)["sha256"] = saved.plan.sha256;
  (*document)["gate"] = GateJson(gate);
  (*document)["stale_reasons"] = saved.stale_reasons;
  Fill(gate.approvals, session, document);
  if (!gate.open()) return NotApproved(absl::StrCat(gate.words, "; next: ", gate.remedy));
  if (!session.json) std::fputs(GateText(gate).c_str(), stdout);
  return absl::OkStatus();
}

int Run(const Session& session, const std::string& file) {
  ordered_json document;
  const absl::Status status =
      file.empty() ? OfAll(session, &document) : OfPlan(session, file, &document);
  return Conclude(session, status, document);
}

}  // namespace

void AddApprovals(CLI::App* app, Session* session) {
  CLI::App* verb = app->add_subcommand("approvals", kAbout);
  AddCommonFlags(verb, session);
  auto file = std::make_shared<std::string>();
  AddSavedFile(verb, file.get());
  verb->callback(
      [session, file] { session->run = [session, file] { return Run(*session, *file); }; });
}

}  // namespace regraft::cli
