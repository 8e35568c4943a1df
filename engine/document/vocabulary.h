// The words by which people say what a plan says: kinds of actions, heads of columns, leaf types.
#pragma once

#include "engine/document/markdown.h"
#include "engine/plan/plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::document {

// Lower-case words; underscores and digits belong to a word, everything else parts two.
std::vector<std::string> Words(std::string_view text);

// The kind of action that a title, a head, a cell or a step speaks of. What stands behind an arrow
// outweighs what stands before it; otherwise the first word decides.
std::optional<plan::ActionKind> KindInWords(std::string_view text);
// The kind that a cell names and says nothing else: "KEEP_AS_MV", "Merges".
std::optional<plan::ActionKind> KindNamed(std::string_view cell);

// What a column of a table holds.
enum class Role {
  kNone,
  kSource,
  kTarget,
  kTargetSchema,
  kRows,
  kReason,
  kMethod,
  kDiscriminator,  // a value of the column named in the head
  kLabel,          // a classification
  kKey,            // a new primary key
  kQuestion,
  kOptions,
  kJoin,
  kOrder,
  kIssue,  // what a check looked for
  kStatus,
  kSubHub,
  kLeafType
};
Role RoleOf(const Text& head);

// "MV" for "Materialized Views"; empty if it is no leaf type.
std::string_view LeafTypeOf(std::string_view text);

// 74,641 or 74 641 or 74641; nothing for what is no whole number.
std::optional<int64_t> ReadNumber(std::string_view text);
// "-", "–", "none", "n/a": a cell that says that there is nothing.
bool SaysNothing(std::string_view text);

}  // namespace regraft::document
