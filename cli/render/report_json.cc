#include "cli/render/report_json.h"

#include "cli/render/approval_text.h"
#include "cli/render/report_words.h"

#include <optional>

namespace regraft::cli {
namespace {

using nlohmann::ordered_json;
using report::Action;
using report::Report;
using saved_plan::Finding;

template <typename T>
ordered_json OrNull(const std::optional<T>& value) {
  return value.has_value() ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

const char* ProofWord(report::Proof proof) {
  switch (proof) {
    case report::Proof::kDigests:
      return "digests";
    case report::Proof::kRows:
      return "rows";
    case report::Proof::kCatalog:
      return "catalog";
    case report::Proof::kNone:
      break;
  }
  return "none";
}

ordered_json FindingsJson(const std::vector<Finding>& findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings)
    list.push_back({{"code", finding.code}, {"text", finding.text}});
  return list;
}

ordered_json ReasonsJson(const Action& action) {
  ordered_json reasons = ordered_json::array();
  for (const report::Reason& reason : action.reasons)
    reasons.push_back({{"reason", reason.reason}, {"rows", reason.rows}});
  return reasons;
}

ordered_json ActionJson(const Action& action) {
  return {{"id", action.id},
          {"kind", action.kind},
          {"method", action.method},
          {"state", action.state},
          {"source", action.source},
          {"source_now", TextOrNull(action.source_now)},
          {"target", TextOrNull(action.target)},
          {"target_now", TextOrNull(action.target_now)},
          {"discriminator", TextOrNull(action.discriminator)},
          {"reason", TextOrNull(action.reason)},
          {"rows_source", OrNull(action.rows_source)},
          {"rows_target", OrNull(action.rows_target)},
          {"rows_remainder", OrNull(action.rows_remainder)},
          {"remainder_table", TextOrNull(action.remainder_table)},
          {"remainder_reasons", ReasonsJson(action)},
          {"digest_source", TextOrNull(action.digest_source)},
          {"digest_rebuilt", TextOrNull(action.digest_rebuilt)},
          {"files_before", TextOrNull(action.files_before)},
          {"files_after", TextOrNull(action.files_after)},
          {"rows_written", OrNull(action.rows_written)},
          {"proof", ProofWord(action.proof)},
          {"equal", OrNull(action.equal)},
          {"verified_at", TextOrNull(action.verified_at)},
          {"verifications", action.verifications},
          {"difference", TextOrNull(action.difference)},
          {"started_at", TextOrNull(action.started_at)},
          {"finished_at", TextOrNull(action.finished_at)},
          {"undone_at", TextOrNull(action.undone_at)},
          {"seconds", OrNull(action.seconds)},
          {"statements", action.statements},
          {"error", TextOrNull(action.error)},
          {"blocked_by", TextOrNull(action.blocked_by)},
          {"waits_for", action.waits_for},
          {"hazards", FindingsJson(action.hazards)},
          {"notes", FindingsJson(action.notes)}};
}

ordered_json PreparationJson(const report::Preparation& preparation) {
  return {{"table", preparation.table},
          {"state", preparation.state},
          {"statements", preparation.statements},
          {"hazards", FindingsJson(preparation.hazards)},
          {"notes", FindingsJson(preparation.notes)}};
}

ordered_json QuestionJson(const report::Question& question) {
  ordered_json answer;
  if (question.answer.has_value())
    answer = {{"choice", question.answer->choice},
              {"by", question.answer->by},
              {"reason", question.answer->reason},
              {"answered_at", TextOrNull(question.answer->answered_at)},
              {"session_role", TextOrNull(question.answer->session_role)},
              {"client_address", TextOrNull(question.answer->client_address)}};
  return {{"id", question.id},     {"table", question.table},
          {"text", question.text}, {"options", question.options},
          {"answer", answer},      {"keeps_waiting", question.keeps_waiting}};
}

ordered_json CountsJson(const report::Counts& counts) {
  return {{"actions", counts.actions},
          {"done", counts.done},
          {"failed", counts.failed},
          {"running", counts.running},
          {"waiting", counts.waiting},
          {"blocked", counts.blocked},
          {"undone", counts.undone},
          {"proved", counts.proved},
          {"different", counts.different},
          {"moved", counts.moved},
          {"rows_source", counts.rows_source},
          {"rows_target", counts.rows_target},
          {"rows_remainder", counts.rows_remainder}};
}

template <typename T, typename Write>
ordered_json List(const std::vector<T>& values, const Write& write) {
  ordered_json list = ordered_json::array();
  for (const T& value : values) list.push_back(write(value));
  return list;
}

}  // namespace

ordered_json ReportJson(const Report& report) {
  const Verdict verdict = VerdictOf(report);
  return {{"verdict", verdict.word},
          {"plan", report.plan},
          {"sha256", report.sha256},
          {"database", report.database},
          {"run", report.run},
          {"run_of_plan", report.number},
          {"latest_run", report.latest_run},
          {"session_role", report.session_role},
          {"planner", report.planner},
          {"tool", report.tool},
          {"made_at", report.made_at},
          {"started_at", report.started_at},
          {"finished_at", TextOrNull(report.finished_at)},
          {"undone_at", TextOrNull(report.undone_at)},
          {"seconds", OrNull(report.seconds)},
          {"counts", CountsJson(report.counts)},
          {"actions", List(report.actions, ActionJson)},
          {"preparations", List(report.preparations, PreparationJson)},
          {"approvals_required", report.approvals_required},
          {"not_by_planner", report.not_by_planner},
          {"approvals", List(report.approvals, ApprovalJson)},
          {"questions", List(report.questions, QuestionJson)},
          {"hazards", FindingsJson(report.hazards)},
          {"notes", FindingsJson(report.notes)}};
}

}  // namespace regraft::cli
