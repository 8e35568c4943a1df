// What people want done with a database, as the plan file says it: a value, no I/O. Nothing here
// has been compared with a database; analysis does that. The form of the file: docs/plan-format.md.
#pragma once

#include "engine/pg/identifier.h"
#include "engine/plan/audit.h"
#include "engine/plan/lock.h"
#include "engine/plan/mapping.h"
#include "engine/plan/place.h"
#include "engine/plan/repair.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::plan {

enum class ActionKind {
  kArchive,
  kMove,
  kMerge,
  kMergeJsonb,
  kMergeCols,
  kAddPk,
  kKeepAsMv,
  kPending
};
// "merge_jsonb": the word that begins an action.
std::string_view KindWord(ActionKind kind);

// What becomes of a source when its rows have arrived.
enum class After { kArchive, kKeep, kView };
// What becomes of rows that cannot enter the target, or belong to no row of it.
enum class Conflict { kRefuse, kRemainder };
// What to do where several source rows belong to one row of the target.
enum class Several { kRefuse, kArray };

// How a merge fills its target.
struct MergeRules {
  Mapping mapping;
  Conflict conflict = Conflict::kRefuse;
};

// By what a source row finds its row of the target: a column, or a scalar SQL expression over s.
struct JoinColumn {
  std::string target;
  std::string source;  // empty where it is `sql`
  std::string sql;
};

// How merge_jsonb and merge_cols find the row of the target, and what they add to it.
struct FoldRules {
  std::vector<JoinColumn> join;
  std::string column;  // merge_jsonb: the jsonb column
  std::string prefix;  // merge_cols: in front of each added column's name
  Several several = Several::kRefuse;
  Conflict unmatched = Conflict::kRefuse;
};

struct KeyRules {
  std::string column;
  std::vector<std::string> order_by;
};

// One possible answer to a question: the actions it switches on; none: the table stays as it is.
struct Action;
struct Option {
  std::string word;
  std::vector<Action> actions;
};

struct Answer {
  std::string choice, by, reason;
};

struct Question {
  std::string text;
  std::vector<Option> options;
  std::optional<Answer> answer;
};

struct Action {
  ActionKind kind = ActionKind::kArchive;
  std::string id;
  Place place;
  pg::QualifiedName source;
  std::optional<pg::QualifiedName> target;  // `to` or `into`
  std::string reason;
  std::vector<std::string> todo;  // what nobody has said yet; refused by `plan`
  std::optional<ExpectedRows> expected;
  std::set<std::string> allow;  // hazards
  After after = After::kArchive;
  bool view = false;  // archive, move: a view under the old name
  std::optional<pg::QualifiedName> remainder;

  // Set for their kinds, and only for them. With a todo, what their kind requires may be missing.
  std::optional<MergeRules> merge;
  std::optional<FoldRules> fold;
  std::optional<KeyRules> key;
  std::optional<Question> question;
};

struct AddedColumn {
  std::string column;
  std::string type;  // and what may follow it in ALTER TABLE … ADD COLUMN
};

struct Replacement {
  std::string name;        // of the constraint or index that goes
  std::string definition;  // of what comes in its place, under the same name
};

// What is changed in a table before anything is merged into it.
struct Preparation {
  Place place;
  pg::QualifiedName table;
  std::vector<AddedColumn> add_columns;
  std::vector<std::string> todo;
  std::vector<std::string> drop_not_null;
  std::vector<Replacement> replace_checks;
  std::vector<Replacement> replace_unique_indexes;
};

struct ApprovalRules {
  int required = 1;
  bool not_by_planner = false;
};

// Two counts of the same document that do not agree, and who says that this is known.
struct Reconciliation {
  int64_t declared = 0;
  int64_t itemised = 0;
  std::string acknowledged;
};

struct Plan {
  std::string name;
  ApprovalRules approvals;
  int64_t lifetime_seconds = int64_t{7} * 24 * 3600;
  std::optional<Reconciliation> reconciliation;
  // Where `after: archive` puts a source: {schema} and {table} stand for its own names.
  std::string archive_names = "archive.{schema}_{table}";
  std::vector<pg::QualifiedName> untouchable;
  std::vector<Preparation> preparations;
  std::vector<Action> actions;
  std::vector<Audit> audits;
  std::vector<Repair> repairs;
  std::optional<Lock> lock;
};

}  // namespace regraft::plan
