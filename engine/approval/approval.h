// The gate before a saved plan is executed: who approved its SHA-256, for how long, and whether a
// run has used that up. Rows of the ledger; docs/approval.md. Names are declared by whoever types
// them; what proves something is stored beside them: session role, client address, time.
#pragma once

#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::approval {

struct Revocation {
  std::string at, by, reason, session_role, client_address;
};

// A run that was opened with approvals, and so used them up.
struct Consumption {
  int64_t run_id = 0;
  std::string at;
};

// Times are "2026-02-06 10:20:30 UTC", by the server's clock.
struct Approval {
  int64_t approval_id = 0;
  std::string plan_sha256;
  int64_t number = 0;  // of the plan's runs this one can open: 1, and after run 1 is opened, 2
  std::string by, note;
  std::string session_role, client_address;  // address empty: a Unix socket
  std::string approved_at, expires_at;
  bool expired = false;
  std::optional<Revocation> revoked;
  std::optional<Consumption> consumed;
  bool passed_over = false;  // was revoked or expired when others opened its run
  std::string person;        // `by` without regard to case: two approvals of one person count once
};

enum class GateState {
  kApproved,
  kUnapproved,
  kTooFew,        // some have approved, more are required
  kSelfApproved,  // only by the planner, where the plan forbids that
  kRevoked,
  kExpired,
  kStale,  // the database is not as the plan found it
  kConsumed
};
// "too few": for people and programs.
std::string_view StateWord(GateState state);

struct Gate {
  GateState state = GateState::kUnapproved;
  std::string words;   // why, with names, numbers and times
  std::string remedy;  // what to type; empty when approved
  std::vector<Approval> approvals;

  [[nodiscard]] bool open() const { return state == GateState::kApproved; }
};

// The saved plan at the gate. `stale_reasons`: of StaleReasons(); `file` names it in remedies.
struct Candidate {
  const saved_plan::SavedPlan& plan;
  std::vector<std::string> stale_reasons;
  std::string file = "saved.json";
};

// `by` in the form that is stored: trimmed, blanks joined. Errors: BadPlan for no name at all, and
// for control characters.
absl::StatusOr<std::string> DeclaredName(std::string_view by);

// Reads only; a database without a ledger has no approvals.
absl::StatusOr<Gate> CheckGate(pg::Connection& connection, const Candidate& candidate);
// Of one plan, or of all (empty); oldest first.
absl::StatusOr<std::vector<Approval>> ListApprovals(pg::Connection& connection,
                                                    const std::string& plan_sha256);

struct Approved {
  Approval approval;
  bool is_new = true;  // false: this person's approval still holds; nothing was changed
  Gate gate;           // now
};
struct ApproveOptions {
  std::string by, note;
};
// Makes the ledger where there is none. Errors: NotApproved where the plan is stale, or planned by
// the same person and forbidding that; BadPlan for a plan with refusals.
absl::StatusOr<Approved> Approve(pg::Connection& connection, const Candidate& candidate,
                                 const ApproveOptions& options);

struct RevokeOptions {
  std::string by, reason;
};
// Takes back every approval of the plan that no run has used: those. Errors: NotApproved where a
// run has used the last of them already.
absl::StatusOr<std::vector<Approval>> Revoke(pg::Connection& connection,
                                             const saved_plan::SavedPlan& plan,
                                             const RevokeOptions& options);

// Opens a run of the plan and so uses its approvals up; committed when it returns. Of two programs
// that try at once, one gets the run. Errors: NotApproved with the gate's words and remedy.
// REQUIRES: no transaction is open.
absl::StatusOr<int64_t> Consume(pg::Connection& connection, const Candidate& candidate);

}  // namespace regraft::approval
