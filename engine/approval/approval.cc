#include "engine/approval/approval.h"

#include "engine/approval/judge.h"
#include "engine/approval/transaction.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/pg/error.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>

namespace regraft::approval {
namespace {

// $1 a plan's SHA-256, or NULL for all.
// Who a name means: in any case, with any blanks, also those that cannot be seen. Normalisation is
// for UTF-8 only.
#define REGRAFT_PERSON(name)                                                               \
  "lower(btrim(regexp_replace(CASE getdatabaseencoding() WHEN 'UTF8' THEN normalize(" name \
  ", NFKC) ELSE " name " END, '[[:space:]\u200B-\u200D\u2060\uFEFF]+', ' ', 'g')))"

constexpr const char* kApprovalsQuery = R"sql(
WITH words AS (SELECT 'YYYY-MM-DD HH24:MI:SS "UTC"' AS time)
SELECT a.approval_id, a.plan_sha256, a.number, a.approved_by, a.note, a.session_role,
       coalesce(host(a.client_address), ''),
       to_char(a.approved_at AT TIME ZONE 'UTC', time), to_char(a.expires_at AT TIME ZONE 'UTC', time),
       a.expires_at <= clock_timestamp(), )sql" REGRAFT_PERSON("a.approved_by") R"sql(,
       to_char(a.revoked_at AT TIME ZONE 'UTC', time), a.revoked_by, a.revoke_reason,
       a.revoke_session_role, coalesce(host(a.revoke_client_address), ''),
       r.run_id, to_char(r.started_at AT TIME ZONE 'UTC', time),
       a.revoked_at IS NULL AND a.expires_at > r.started_at
FROM words, regraft.approval a LEFT JOIN regraft.plan_run r USING (plan_sha256, number)
WHERE a.plan_sha256 = $1 OR $1 IS NULL
ORDER BY a.approval_id
)sql";

constexpr const char* kInsertApproval = R"sql(
INSERT INTO regraft.approval (plan_sha256, number, approved_by, note, approved_at, expires_at)
SELECT $1, (SELECT coalesce(max(number), 0) + 1 FROM regraft.plan_run WHERE plan_sha256 = $1),
       $2, $3, now_, now_ + make_interval(secs => $4)
FROM clock_timestamp() now_
)sql";

constexpr const char* kRevoke = R"sql(
UPDATE regraft.approval a
SET revoked_at = clock_timestamp(), revoked_by = $2, revoke_reason = $3,
    revoke_session_role = session_user, revoke_client_address = inet_client_addr()
WHERE plan_sha256 = $1 AND revoked_at IS NULL
  AND NOT EXISTS (SELECT FROM regraft.plan_run r
                  WHERE r.plan_sha256 = a.plan_sha256 AND r.number = a.number)
)sql";

constexpr const char* kInsertRun =
    "INSERT INTO regraft.plan_run (plan_sha256, number) "
    "SELECT $1, coalesce(max(number), 0) + 1 FROM regraft.plan_run WHERE plan_sha256 = $1 "
    "RETURNING run_id";

Approval FromRow(const pg::Result& result, int row) {
  Approval approval{.approval_id = result.Int64(row, 0),
                    .plan_sha256 = result.Text(row, 1),
                    .number = result.Int64(row, 2),
                    .by = result.Text(row, 3),
                    .note = result.Text(row, 4),
                    .session_role = result.Text(row, 5),
                    .client_address = result.Text(row, 6),
                    .approved_at = result.Text(row, 7),
                    .expires_at = result.Text(row, 8),
                    .expired = result.Bool(row, 9),
                    .revoked = std::nullopt,
                    .consumed = std::nullopt,
                    .passed_over = false,
                    .person = result.Text(row, 10)};
  if (!result.IsNull(row, 11))
    approval.revoked = {.at = result.Text(row, 11),
                        .by = result.Text(row, 12),
                        .reason = result.Text(row, 13),
                        .session_role = result.Text(row, 14),
                        .client_address = result.Text(row, 15)};
  if (result.IsNull(row, 16)) return approval;
  approval.passed_over = !result.Bool(row, 18);
  if (!approval.passed_over)
    approval.consumed = {.run_id = result.Int64(row, 16), .at = result.Text(row, 17)};
  return approval;
}

// In the form of Approval::person: the server's notion of case serves both.
absl::StatusOr<std::string> Person(pg::Connection& connection, const std::string& name) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query("SELECT " REGRAFT_PERSON("$1::text"), {name}));
  return result.Text(0, 0);
}

absl::StatusOr<std::vector<Approval>> ReadApprovals(pg::Connection& connection,
                                                    const std::optional<std::string>& sha256) {
  ASSIGN_OR_RETURN(const bool present, ledger::HasApprovals(connection));
  std::vector<Approval> approvals;
  if (!present) return approvals;
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kApprovalsQuery, {sha256}));
  approvals.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) approvals.push_back(FromRow(result, row));
  return approvals;
}

absl::StatusOr<Gate> ReadGate(pg::Connection& connection, const Candidate& candidate) {
  ASSIGN_OR_RETURN(std::vector<Approval> approvals,
                   ReadApprovals(connection, candidate.plan.sha256));
  ASSIGN_OR_RETURN(const std::string planner, Person(connection, candidate.plan.planner));
  return Judge(candidate, planner, std::move(approvals));
}

const Approval* Holding(const Gate& gate, const std::string& person) {
  const auto found =
      std::find_if(gate.approvals.begin(), gate.approvals.end(), [&](const Approval& approval) {
        return approval.person == person && !approval.expired && !approval.revoked.has_value() &&
               !approval.consumed.has_value();
      });
  return found == gate.approvals.end() ? nullptr : &*found;
}

absl::Status CheckNoRefusals(const Candidate& candidate) {
  const auto refused = [](const std::vector<saved_plan::Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const auto& finding) { return finding.kind == "refusal"; });
  };
  const saved_plan::SavedPlan& plan = candidate.plan;
  const bool any =
      refused(plan.findings) ||
      std::any_of(plan.preparations.begin(), plan.preparations.end(),
                  [&](const auto& preparation) { return refused(preparation.findings); }) ||
      std::any_of(plan.actions.begin(), plan.actions.end(),
                  [&](const auto& action) { return refused(action.findings); });
  if (!any) return absl::OkStatus();
  return BadPlan(absl::StrCat("a plan with refusals cannot be approved; regraft show ",
                              candidate.file, " names them and their cure"));
}

absl::Status CheckApprover(const Candidate& candidate, const std::string& by, bool is_planner) {
  if (!is_planner || !candidate.plan.not_by_planner) return absl::OkStatus();
  return NotApproved(absl::StrCat(by,
                                  " planned this, and the plan says not_by_planner: somebody "
                                  "else approves it; next: regraft approve ",
                                  candidate.file, " --by NAME"));
}

absl::Status ApproveLocked(pg::Connection& connection, const Candidate& candidate,
                           const ApproveOptions& options, Approved* approved) {
  ASSIGN_OR_RETURN(const std::string person, Person(connection, options.by));
  ASSIGN_OR_RETURN(const std::string planner, Person(connection, candidate.plan.planner));
  RETURN_IF_ERROR(CheckApprover(candidate, options.by, person == planner));
  ASSIGN_OR_RETURN(approved->gate, ReadGate(connection, candidate));
  if (approved->gate.state == GateState::kStale) return Closed(approved->gate);
  approved->is_new = Holding(approved->gate, person) == nullptr;
  if (approved->is_new) {
    RETURN_IF_ERROR(connection
                        .Query(kInsertApproval, {candidate.plan.sha256, options.by, options.note,
                                                 absl::StrCat(candidate.plan.lifetime_seconds)})
                        .status());
    ASSIGN_OR_RETURN(approved->gate, ReadGate(connection, candidate));
  }
  const Approval* holding = Holding(approved->gate, person);
  if (holding == nullptr)
    return absl::InternalError(
        "an approval had expired when it was stored: its lifetime is over "
        "at once");
  approved->approval = *holding;
  return absl::OkStatus();
}

absl::Status RevokeLocked(pg::Connection& connection, const std::string& sha256,
                          const RevokeOptions& options, std::vector<Approval>* revoked) {
  ASSIGN_OR_RETURN(const std::vector<Approval> before, ReadApprovals(connection, sha256));
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kRevoke, {sha256, options.by, options.reason}));
  for (const Approval& approval : before)
    if (!approval.consumed.has_value() && !approval.revoked.has_value() && !approval.passed_over)
      revoked->push_back(approval);
  if (!revoked->empty() || before.empty() || !before.back().consumed.has_value())
    return absl::OkStatus();
  return NotApproved(absl::StrCat("too late: run ", before.back().consumed->run_id,
                                  " consumed the approval at ", before.back().consumed->at,
                                  "; nothing was revoked"));
}

std::string LockKey(const std::string& sha256) { return "approval." + sha256; }

}  // namespace

absl::StatusOr<std::string> DeclaredName(std::string_view by) {
  const bool control = std::any_of(by.begin(), by.end(), [](char byte) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(byte));
  });
  const std::vector<absl::string_view> words = absl::StrSplit(AsAbsl(by), ' ', absl::SkipEmpty());
  if (control || words.empty())
    return BadPlan("--by wants a name: text without control characters, and not empty");
  return absl::StrJoin(words, " ");
}

absl::StatusOr<Gate> CheckGate(pg::Connection& connection, const Candidate& candidate) {
  absl::StatusOr<Gate> gate = ReadGate(connection, candidate);
  if (!gate.ok()) return WithGrant(connection, gate.status());
  return gate;
}

absl::StatusOr<std::vector<Approval>> ListApprovals(pg::Connection& connection,
                                                    const std::string& plan_sha256) {
  auto approvals =
      ReadApprovals(connection, plan_sha256.empty() ? std::nullopt : std::optional(plan_sha256));
  if (!approvals.ok()) return WithGrant(connection, approvals.status());
  return approvals;
}

absl::StatusOr<Approved> Approve(pg::Connection& connection, const Candidate& candidate,
                                 const ApproveOptions& options) {
  ApproveOptions cleaned = options;
  ASSIGN_OR_RETURN(cleaned.by, DeclaredName(options.by));
  RETURN_IF_ERROR(CheckNoRefusals(candidate));
  RETURN_IF_ERROR(MakeLedger(connection));
  Approved approved;
  RETURN_IF_ERROR(Locked(connection, LockKey(candidate.plan.sha256),
                         [&] { return ApproveLocked(connection, candidate, cleaned, &approved); }));
  return approved;
}

absl::StatusOr<std::vector<Approval>> Revoke(pg::Connection& connection,
                                             const saved_plan::SavedPlan& plan,
                                             const RevokeOptions& options) {
  RevokeOptions cleaned = options;
  ASSIGN_OR_RETURN(cleaned.by, DeclaredName(options.by));
  std::vector<Approval> revoked;
  ASSIGN_OR_RETURN(const bool present, ledger::HasApprovals(connection));
  if (!present) return revoked;
  RETURN_IF_ERROR(Locked(connection, LockKey(plan.sha256),
                         [&] { return RevokeLocked(connection, plan.sha256, cleaned, &revoked); }));
  return revoked;
}

absl::StatusOr<int64_t> Consume(pg::Connection& connection, const Candidate& candidate) {
  int64_t run_id = 0;
  RETURN_IF_ERROR(Locked(connection, LockKey(candidate.plan.sha256), [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Gate gate, ReadGate(connection, candidate));
    if (!gate.open()) return Closed(gate);
    ASSIGN_OR_RETURN(const pg::Result result,
                     connection.Query(kInsertRun, {candidate.plan.sha256}));
    run_id = result.Int64(0, 0);
    return absl::OkStatus();
  }));
  return run_id;
}

}  // namespace regraft::approval
