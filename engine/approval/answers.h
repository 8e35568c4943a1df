// Answers to the questions of a plan, kept in the ledger. An answer belongs to what was asked: the
// digest of the question's id, table, text and options. Whoever edits one of these asks anew.
#pragma once

#include "engine/pg/connection.h"
#include "engine/plan/plan.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/statusor.h"

#include <optional>
#include <string>
#include <vector>

namespace regraft::approval {

// What was asked: SHA-256 of id, table, text, and of each option its word and the kinds, tables and
// `after` of the actions it switches on. REQUIRES: a pending action.
std::string QuestionDigest(const plan::Action& question);

// The pending action with this id. Errors: BadPlan with the nearest id.
absl::StatusOr<const plan::Action*> FindQuestion(const plan::Plan& plan, const std::string& id);

// The answers that the ledger has to the plan's questions as they are asked now, but for those that
// the plan file answers itself. Errors: BadPlan where file and ledger answer differently.
absl::StatusOr<std::vector<saved_plan::SavedAnswer>> AnswersFor(pg::Connection& connection,
                                                                const plan::Plan& plan);

struct Answered {
  bool is_new = true;  // false: the same answer is in force already; nothing was changed
  std::optional<saved_plan::SavedAnswer> superseded;
  bool in_file = false;  // the plan file says the same
};
// Makes the ledger where there is none. Errors: BadPlan for a choice that is no option, with the
// nearest word; for an empty reason or name; and where the plan file answers otherwise.
absl::StatusOr<Answered> StoreAnswer(pg::Connection& connection, const plan::Action& question,
                                     const saved_plan::SavedAnswer& answer);

}  // namespace regraft::approval
