#include "cli/render/approval_text.h"

#include "cli/render/words.h"
#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::cli {
namespace {

using approval::Approval;
using approval::Gate;
using nlohmann::ordered_json;

std::string State(const Approval& approval) {
  if (approval.consumed.has_value()) return "consumed";
  if (approval.revoked.has_value()) return "revoked";
  return approval.expired ? "expired" : "holds";
}

std::string Colon(const std::string& text) { return text.empty() ? "" : ": " + text; }

}  // namespace

std::string Evidence(const std::string& session_role, const std::string& client_address) {
  return absl::StrCat("as role ", session_role, " from ",
                      client_address.empty() ? "a local socket" : client_address);
}

std::string ApprovalsText(const std::vector<Approval>& approvals) {
  std::string out;
  // By plan, in the order of their first approvals.
  std::vector<std::string> plans;
  for (const Approval& approval : approvals)
    if (std::find(plans.begin(), plans.end(), approval.plan_sha256) == plans.end())
      plans.push_back(approval.plan_sha256);
  for (const std::string& plan : plans) {
    out += absl::StrCat("plan ", plan, "\n");
    const Margin margin{.indent = 2, .label_width = 9};
    for (const Approval& approval : approvals) {
      if (approval.plan_sha256 != plan) continue;
      out += Wrapped(
          margin, State(approval),
          absl::StrCat(approval.by, " at ", approval.approved_at, " until ", approval.expires_at,
                       ", ", Evidence(approval.session_role, approval.client_address),
                       Colon(approval.note)));
      if (const auto& revoked = approval.revoked)
        out += Wrapped(margin, "",
                       absl::StrCat("revoked by ", revoked->by, " at ", revoked->at, ", ",
                                    Evidence(revoked->session_role, revoked->client_address),
                                    Colon(revoked->reason)));
      if (const auto& consumed = approval.consumed)
        out += Wrapped(margin, "",
                       absl::StrCat("consumed by run ", consumed->run_id, " at ", consumed->at));
    }
  }
  return out;
}

ordered_json ApprovalJson(const Approval& approval) {
  ordered_json revoked, consumed;
  if (approval.revoked.has_value())
    revoked = {{"at", approval.revoked->at},
               {"by", approval.revoked->by},
               {"reason", approval.revoked->reason},
               {"session_role", approval.revoked->session_role},
               {"client_address", approval.revoked->client_address}};
  if (approval.consumed.has_value())
    consumed = {{"run_id", approval.consumed->run_id}, {"at", approval.consumed->at}};
  return {{"sha256", approval.plan_sha256},
          {"number", approval.number},
          {"state", State(approval)},
          {"by", approval.by},
          {"note", approval.note},
          {"session_role", approval.session_role},
          {"client_address", approval.client_address},
          {"approved_at", approval.approved_at},
          {"expires_at", approval.expires_at},
          {"revoked", revoked},
          {"consumed", consumed}};
}

std::string GateText(const Gate& gate) {
  const Margin margin{.indent = 0, .label_width = 10};
  const std::string state = absl::AsciiStrToUpper(AsAbsl(approval::StateWord(gate.state)));
  return Wrapped(margin, state + ":", gate.words) +
         (gate.remedy.empty() ? "" : Wrapped(margin, "next", gate.remedy));
}

ordered_json GateJson(const Gate& gate) {
  return {{"state", std::string(approval::StateWord(gate.state))},
          {"words", gate.words},
          {"remedy", gate.remedy}};
}

}  // namespace regraft::cli
