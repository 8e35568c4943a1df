// The plan's questions, with the answers that it was made with.

#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/plan/read_plan.h"
#include "engine/report/parts.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::report {
namespace {

using saved_plan::SavedAction;
using saved_plan::SavedAnswer;
using saved_plan::SavedPlan;

std::string TextOf(const plan::Plan& plan, const std::string& id) {
  for (const plan::Action& action : plan.actions)
    if (action.id == id && action.question.has_value()) return action.question->text;
  return "";
}

// The ledger has who typed it, and where, for an answer that the plan file did not give.
absl::StatusOr<Answer> Witnessed(pg::Connection& connection, const SavedAnswer& saved) {
  Answer answer{.choice = saved.choice, .by = saved.by, .reason = saved.reason};
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query(absl::StrCat("SELECT ", TimeSql("answered_at"),
                                    ", session_role, coalesce(host(client_address), '') FROM "
                                    "regraft.answer WHERE question_id = $1 AND choice = $2 AND "
                                    "answered_by = $3 AND reason = $4 ORDER BY answer_id DESC "
                                    "LIMIT 1"),
                       {saved.id, saved.choice, saved.by, saved.reason}));
  if (found.rows() == 0) return answer;
  answer.answered_at = found.Text(0, 0);
  answer.session_role = found.Text(0, 1);
  answer.client_address = found.Text(0, 2);
  return answer;
}

Question QuestionOf(const SavedPlan& plan, const SavedAction& saved) {
  Question question{.id = saved.id, .table = saved.source, .options = saved.options};
  for (const SavedAction& other : plan.actions)
    if (other.blocked_by == saved.id && other.id != saved.id)
      question.keeps_waiting.push_back(other.id);
  return question;
}

}  // namespace

absl::Status FillQuestions(pg::Connection& connection, const SavedPlan& plan, Report* report) {
  ASSIGN_OR_RETURN(const plan::Plan text, plan::ReadPlan(plan.plan_text, "the saved plan's text"));
  for (const SavedAction& saved : plan.actions) {
    if (saved.kind != "pending") continue;
    Question question = QuestionOf(plan, saved);
    question.text = TextOf(text, saved.id);
    const auto given =
        std::find_if(plan.answers.begin(), plan.answers.end(),
                     [&](const SavedAnswer& answer) { return answer.id == saved.id; });
    if (given != plan.answers.end()) {
      ASSIGN_OR_RETURN(question.answer, Witnessed(connection, *given));
    }
    report->questions.push_back(std::move(question));
  }
  return absl::OkStatus();
}

}  // namespace regraft::report
