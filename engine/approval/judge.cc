#include "engine/approval/judge.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <set>
#include <utility>

namespace regraft::approval {
namespace {

std::string Short(const std::string& sha256) { return sha256.substr(0, 12); }

std::string RevokedWords(const Approval& approval) {
  const Revocation& revoked = *approval.revoked;
  return absl::StrCat("the approval by ", approval.by, " was revoked by ", revoked.by, " at ",
                      revoked.at, revoked.reason.empty() ? "" : ": " + revoked.reason);
}

std::string ExpiredWords(const Approval& approval) {
  return absl::StrCat("the approval by ", approval.by, " of ", approval.approved_at, " expired at ",
                      approval.expires_at);
}

std::string ConsumedWords(const Approval& approval) {
  return absl::StrCat("the approval by ", approval.by, " was consumed by run ",
                      approval.consumed->run_id, " at ", approval.consumed->at,
                      "; every further run needs its own");
}

std::string LapsedWords(const Approval& approval) {
  return approval.revoked.has_value() ? RevokedWords(approval) : ExpiredWords(approval);
}

// Sorted by what their approvals are worth.
struct Sorted {
  std::vector<const Approval*> counting;  // one per person
  std::vector<const Approval*> by_planner;
  const Approval* lapsed = nullptr;    // the latest that was revoked or has expired
  const Approval* consumed = nullptr;  // the latest
};

Sorted Sort(const std::vector<Approval>& approvals, const std::string& forbidden) {
  Sorted sorted;
  std::set<std::string> people;
  for (const Approval& approval : approvals) {
    if (approval.passed_over) continue;  // the run that it was for is open without it
    if (approval.consumed.has_value())
      sorted.consumed = &approval;
    else if (approval.revoked.has_value() || approval.expired)
      sorted.lapsed = &approval;
    else if (!forbidden.empty() && approval.person == forbidden)
      sorted.by_planner.push_back(&approval);
    else if (people.insert(approval.person).second)
      sorted.counting.push_back(&approval);
  }
  return sorted;
}

std::string Names(const std::vector<const Approval*>& approvals) {
  return absl::StrJoin(approvals, ", ", [](std::string* out, const Approval* approval) {
    absl::StrAppend(out, approval->by);
  });
}

// State and words of a plan that fits its database.
std::pair<GateState, std::string> Count(const Candidate& candidate, const Sorted& sorted) {
  const auto required = static_cast<size_t>(candidate.plan.approvals_required);
  const std::string plan = absl::StrCat("plan ", Short(candidate.plan.sha256));
  if (sorted.counting.size() >= required)
    return {GateState::kApproved, absl::StrCat(plan, " is approved by ", Names(sorted.counting))};
  if (!sorted.counting.empty())
    return {GateState::kTooFew,
            absl::StrCat(plan, " has ", sorted.counting.size(), " of ", required, " approvals (by ",
                         Names(sorted.counting), ")",
                         sorted.lapsed == nullptr ? "" : "; " + LapsedWords(*sorted.lapsed))};
  if (!sorted.by_planner.empty())
    return {GateState::kSelfApproved,
            absl::StrCat(plan, " is approved by its planner ", Names(sorted.by_planner),
                         " only, and says not_by_planner")};
  if (sorted.lapsed != nullptr)
    return {sorted.lapsed->revoked.has_value() ? GateState::kRevoked : GateState::kExpired,
            absl::StrCat(plan, " is not approved any more: ", LapsedWords(*sorted.lapsed))};
  if (sorted.consumed != nullptr)
    return {GateState::kConsumed,
            absl::StrCat(plan, " is not approved again: ", ConsumedWords(*sorted.consumed))};
  return {GateState::kUnapproved, absl::StrCat(plan, " is not approved")};
}

}  // namespace

std::string_view StateWord(GateState state) {
  switch (state) {
    case GateState::kApproved:
      return "approved";
    case GateState::kUnapproved:
      return "unapproved";
    case GateState::kTooFew:
      return "too few";
    case GateState::kSelfApproved:
      return "self-approved";
    case GateState::kRevoked:
      return "revoked";
    case GateState::kExpired:
      return "expired";
    case GateState::kStale:
      return "stale";
    case GateState::kConsumed:
      break;
  }
  return "consumed";
}

Gate Judge(const Candidate& candidate, const std::string& planner,
           std::vector<Approval> approvals) {
  const saved_plan::SavedPlan& plan = candidate.plan;
  const Sorted sorted = Sort(approvals, plan.not_by_planner ? planner : "");
  Gate gate;
  std::tie(gate.state, gate.words) = Count(candidate, sorted);
  if (!candidate.stale_reasons.empty()) {
    gate.state = GateState::kStale;
    gate.words = absl::StrCat("plan ", Short(plan.sha256),
                              " is stale: ", absl::StrJoin(candidate.stale_reasons, "; "),
                              sorted.consumed == nullptr ? "" : "; ",
                              sorted.consumed == nullptr ? "" : ConsumedWords(*sorted.consumed));
    gate.remedy =
        absl::StrCat("regraft plan PLAN.yaml -o ", candidate.file, ", and have that approved");
  } else if (!gate.open()) {
    gate.remedy = absl::StrCat(
        "regraft approve ", candidate.file, " --by NAME",
        plan.not_by_planner ? absl::StrCat(" (NAME is not ", plan.planner, ", who planned it)")
                            : "");
  }
  gate.approvals = std::move(approvals);
  return gate;
}

absl::Status Closed(const Gate& gate) {
  return NotApproved(absl::StrCat(gate.words, "; next: ", gate.remedy));
}

}  // namespace regraft::approval
