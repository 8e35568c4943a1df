#include "engine/plan/find_action.h"

#include "absl/strings/str_cat.h"

namespace regraft::plan {
namespace {

std::optional<Action> FindOptional(const Action& question, const std::string& id) {
  for (const Option& option : question.question->options)
    for (size_t i = 0; i < option.actions.size(); ++i) {
      Action found = option.actions[i];
      if (found.id.empty())
        found.id = absl::StrCat(question.id, "/", option.word,
                                option.actions.size() > 1 ? absl::StrCat("-", i + 1) : "");
      if (found.id == id) return found;
    }
  return std::nullopt;
}

}  // namespace

std::optional<Action> FindAction(const Plan& plan, const std::string& id) {
  for (const Action& action : plan.actions) {
    if (action.id == id) return action;
    if (!action.question.has_value()) continue;
    if (auto found = FindOptional(action, id); found.has_value()) return found;
  }
  return std::nullopt;
}

}  // namespace regraft::plan
