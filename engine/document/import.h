// Reads a reorganisation plan that people wrote in Markdown. It is read by its structure – titles,
// tables, the sentences around them –, not by its words' places. Nothing is invented: what the
// document does not say becomes a todo.
#pragma once

#include "engine/plan/plan.h"
#include "engine/plan/write_plan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::document {

// Something in the document that contradicts itself, or that its author should know.
struct Finding {
  int line = 0;
  std::string rule;  // a stable word: "kind-differs"
  std::string what;
};

// How many actions of a kind the document's summary declares, and how many its tables have.
struct Tally {
  plan::ActionKind kind = plan::ActionKind::kArchive;
  std::optional<int64_t> declared;
  int64_t itemised = 0;
};

struct Import {
  plan::Plan plan;  // the places in it are those in the document
  plan::PlanComments comments;
  std::vector<Tally> tallies;  // one for each kind
  std::optional<int64_t> declared;
  int64_t itemised = 0;
  int64_t unread_rows = 0;        // lines of action tables that could not be understood
  std::vector<Finding> findings;  // by line

  // True if the summary, in total and for each kind, says what the tables say, or says nothing.
  [[nodiscard]] bool CountsAgree() const;
};

// A todo with what it belongs to: an action, an audit, a preparation, a leaf, the lock.
struct Todo {
  std::string of;
  std::string what;
};
std::vector<Todo> TodosOf(const plan::Plan& plan);

// Errors, all BadPlan: what is no text, and a document without a table of actions.
absl::StatusOr<Import> ImportDocument(const std::string& text, const std::string& file);

}  // namespace regraft::document
