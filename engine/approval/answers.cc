#include "engine/approval/answers.h"

#include "engine/approval/approval.h"
#include "engine/approval/transaction.h"
#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/pg/identifier.h"
#include "engine/plan/nearest_word.h"
#include "engine/saved_plan/sha256.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <string_view>

namespace regraft::approval {
namespace {

using saved_plan::SavedAnswer;

constexpr const char* kAnswerQuery =
    "SELECT question_id, choice, answered_by, reason FROM regraft.answer "
    "WHERE question_digest = $1 AND superseded_at IS NULL";

constexpr const char* kSupersede =
    "UPDATE regraft.answer SET superseded_at = clock_timestamp() "
    "WHERE question_digest = $1 AND superseded_at IS NULL";

constexpr const char* kInsertAnswer =
    "INSERT INTO regraft.answer "
    "(question_digest, question_id, table_name, question, choice, answered_by, reason) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

// With its length in front no part can flow into the next.
void AddPart(std::string* text, std::string_view part) {
  absl::StrAppend(text, part.size(), ":", AsAbsl(part), "\n");
}

std::string_view AfterWord(plan::After after) {
  return after == plan::After::kArchive ? "archive" : after == plan::After::kKeep ? "keep" : "view";
}

absl::StatusOr<std::optional<SavedAnswer>> InForce(pg::Connection& connection,
                                                   const plan::Action& question) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kAnswerQuery, {QuestionDigest(question)}));
  if (result.rows() == 0) return std::nullopt;
  return SavedAnswer{.id = result.Text(0, 0),
                     .choice = result.Text(0, 1),
                     .by = result.Text(0, 2),
                     .reason = result.Text(0, 3)};
}

absl::Status Conflict(const plan::Action& question, const SavedAnswer& ledger) {
  const plan::Answer& file = *question.question->answer;
  return BadPlan(absl::StrCat(
      "line ", question.place.line, ": the plan file answers ", question.id, " with \"",
      file.choice, "\" (by ", file.by, "), the ledger with \"", ledger.choice, "\" (by ", ledger.by,
      "): take the answer out of the file, or change it there to \"", ledger.choice, "\""));
}

absl::Status CheckChoice(const plan::Action& question, const std::string& choice) {
  std::vector<std::string_view> words;
  for (const plan::Option& option : question.question->options) words.push_back(option.word);
  if (std::find(words.begin(), words.end(), choice) != words.end()) return absl::OkStatus();
  return BadPlan(absl::StrCat("\"", choice, "\" is no option of ", question.id,
                              plan::SuggestWord(choice, words)));
}

absl::Status CheckAnswer(const plan::Action& question, const SavedAnswer& answer) {
  RETURN_IF_ERROR(CheckChoice(question, answer.choice));
  if (absl::StripAsciiWhitespace(answer.reason).empty())
    return BadPlan("--reason wants a reason: whoever reads the reports will ask for it");
  const auto& file = question.question->answer;
  if (file.has_value() && file->choice != answer.choice)
    return BadPlan(absl::StrCat("line ", question.place.line, ": the plan file answers ",
                                question.id, " with \"", file->choice, "\" (by ", file->by,
                                "), which counts the same; change or remove the answer there"));
  return absl::OkStatus();
}

absl::Status StoreLocked(pg::Connection& connection, const plan::Action& question,
                         const SavedAnswer& answer, Answered* answered) {
  ASSIGN_OR_RETURN(answered->superseded, InForce(connection, question));
  const auto& before = answered->superseded;
  if (before.has_value() && before->choice == answer.choice && before->by == answer.by &&
      before->reason == answer.reason) {
    answered->is_new = false;
    answered->superseded.reset();
    return absl::OkStatus();
  }
  const std::string digest = QuestionDigest(question);
  RETURN_IF_ERROR(connection.Query(kSupersede, {digest}).status());
  return connection
      .Query(kInsertAnswer, {digest, question.id, pg::DisplayName(question.source),
                             question.question->text, answer.choice, answer.by, answer.reason})
      .status();
}

}  // namespace

std::string QuestionDigest(const plan::Action& question) {
  std::string text = "regraft question 1\n";
  AddPart(&text, question.id);
  AddPart(&text, pg::QuoteQualified(question.source));
  AddPart(&text, question.question->text);
  for (const plan::Option& option : question.question->options) {
    AddPart(&text, option.word);
    for (const plan::Action& action : option.actions) {
      AddPart(&text, plan::KindWord(action.kind));
      AddPart(&text, pg::QuoteQualified(action.source));
      AddPart(&text, action.target.has_value() ? pg::QuoteQualified(*action.target) : "");
      AddPart(&text, AfterWord(action.after));
    }
    text += "end of option\n";
  }
  return saved_plan::Sha256(text);
}

absl::StatusOr<const plan::Action*> FindQuestion(const plan::Plan& plan, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const plan::Action& action : plan.actions) {
    if (action.kind != plan::ActionKind::kPending) {
      if (action.id == id)
        return BadPlan(absl::StrCat(id, " is not a question but an action (",
                                    AsAbsl(plan::KindWord(action.kind)), ")"));
      continue;
    }
    if (action.id == id) return &action;
    ids.push_back(action.id);
  }
  if (ids.empty()) return BadPlan("this plan asks no questions: it has no pending action");
  return BadPlan(
      absl::StrCat("this plan has no question \"", id, "\"", plan::SuggestWord(id, ids)));
}

absl::StatusOr<std::vector<SavedAnswer>> AnswersFor(pg::Connection& connection,
                                                    const plan::Plan& plan) {
  std::vector<SavedAnswer> answers;
  const bool asks = std::any_of(plan.actions.begin(), plan.actions.end(), [](const auto& action) {
    return action.kind == plan::ActionKind::kPending;
  });
  if (!asks) return answers;
  const absl::StatusOr<bool> present = ledger::HasApprovals(connection);
  if (!present.ok()) return WithGrant(connection, present.status());
  if (!*present) return answers;
  for (const plan::Action& action : plan.actions) {
    if (action.kind != plan::ActionKind::kPending) continue;
    absl::StatusOr<std::optional<SavedAnswer>> found = InForce(connection, action);
    if (!found.ok()) return WithGrant(connection, found.status());
    if (!found->has_value()) continue;
    const auto& file = action.question->answer;
    if (file.has_value() && file->choice != (*found)->choice) return Conflict(action, **found);
    if (!file.has_value()) answers.push_back(**found);
  }
  return answers;
}

absl::StatusOr<Answered> StoreAnswer(pg::Connection& connection, const plan::Action& question,
                                     const SavedAnswer& answer) {
  SavedAnswer cleaned = answer;
  ASSIGN_OR_RETURN(cleaned.by, DeclaredName(answer.by));
  RETURN_IF_ERROR(CheckAnswer(question, cleaned));
  RETURN_IF_ERROR(MakeLedger(connection));
  Answered answered;
  answered.in_file = question.question->answer.has_value();
  RETURN_IF_ERROR(Locked(connection, "answer." + QuestionDigest(question),
                         [&] { return StoreLocked(connection, question, cleaned, &answered); }));
  return answered;
}

}  // namespace regraft::approval
