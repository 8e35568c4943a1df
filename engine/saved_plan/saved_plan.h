// A plan resolved against one database: every decision made, every consequence named. What people
// approve is this value's SHA-256, so nothing in it may change unless the plan or the database
// does: no time of day, no host, no random value, no path. The form of the file:
// docs/saved-plan.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace regraft::saved_plan {

// The version of the file's form; a file of another one is refused with both numbers.
inline constexpr int kFormat = 1;

// One statement of an action that moves no rows, and what takes it back.
struct Statement {
  std::string sql;
  std::string undo;
  std::string why;  // empty where the statement says it

  friend bool operator==(const Statement&, const Statement&) = default;
};

// Where a source column lives in the target, and how it comes back.
struct ColumnHome {
  std::string column, type;
  std::string how;  // "same", "cast", "zone", "map", "overflow", "folded"
  std::string home, home_type;
  std::string inverse;  // SQL over the target (alias s)

  friend bool operator==(const ColumnHome&, const ColumnHome&) = default;
};

// A target column that no source column fills.
struct FilledColumn {
  std::string column, type;
  std::string value;  // SQL, or "default …"

  friend bool operator==(const FilledColumn&, const FilledColumn&) = default;
};

// Rows of the source that cannot enter the target, or belong to no row of it.
struct RemainderReason {
  std::string reason;  // "unique orders_pkey", "not-null owner_id", "unmatched"
  int64_t rows = 0;
  std::string example;  // key of one of them, for people

  friend bool operator==(const RemainderReason&, const RemainderReason&) = default;
};

// Something that uses a table of the action. Class: "tracked" (PostgreSQL knows it), "textual"
// (function bodies, settings, jobs: by name), "invisible" (cannot be seen from here).
struct Dependent {
  std::string dependency_class;
  std::string kind;  // "view", "foreign key", "function", "setting", …
  std::string name;
  std::string effect;  // "follows", "breaks: …", "goes on reading …"

  friend bool operator==(const Dependent&, const Dependent&) = default;
};

struct Lock {
  std::string relation;
  std::string mode;      // "SHARE", "ACCESS EXCLUSIVE"
  std::string duration;  // "until 104,012 rows are copied and verified, about 2 s"

  friend bool operator==(const Lock&, const Lock&) = default;
};

// Refusals stop the plan; hazards are let through by name; notes are to be read.
struct Finding {
  std::string kind;    // "refusal", "hazard", "note"
  std::string code;    // "no-home", "name-clash", "trigger-fires": stable, for programs
  std::string text;    // what, on which object, with which numbers
  std::string remedy;  // what to type or write next; empty for notes

  friend bool operator==(const Finding&, const Finding&) = default;
};

// An action must come after another one, because.
struct After {
  std::string id;
  std::string reason;

  friend bool operator==(const After&, const After&) = default;
};

struct SavedAction {
  std::string id, kind;
  std::string source, target;  // display form; target empty where there is none
  std::string reason;
  uint32_t source_oid = 0, target_oid = 0;
  std::string method;  // "same OID", "copy", "fold", "online key", "label", "question"
  std::string state;   // "ready", "blocked": by an undecided question, "refused"
  std::string blocked_by;
  int64_t rows = 0, bytes = 0;
  bool estimated = false;  // rows are the planner's estimate
  std::optional<int64_t> expected_rows;
  std::string digest;         // of a table that a question keeps waiting: 32 hex digits
  std::string discriminator;  // "origin=2023", for people
  std::string source_after;   // merges: "archive.app_orders_2023", "stays", "view"
  std::vector<After> after;
  std::vector<Statement> statements;
  std::vector<ColumnHome> homes;
  std::vector<FilledColumn> filled;
  std::string forward, inverse;  // SELECTs; empty where no row is rewritten
  bool proved = false;           // the inverse was tried on every row present
  std::vector<RemainderReason> remainder;
  std::string remainder_table;
  std::vector<std::string> kept;  // what stays with the table, or with its rows
  std::vector<Dependent> dependents;
  std::vector<Lock> locks;
  std::vector<Finding> findings;
  std::vector<std::string> options;  // of a question: "sales: move to sales.source_urls"

  friend bool operator==(const SavedAction&, const SavedAction&) = default;
};

// Changes of one target before the first row arrives.
struct SavedPreparation {
  std::string table;
  std::vector<Statement> statements;
  std::vector<Finding> findings;

  friend bool operator==(const SavedPreparation&, const SavedPreparation&) = default;
};

// What the catalog says of one touched relation. Facts by name ("columns", "triggers"), each a
// sorted list of definitions; never relfilenodes, sizes or statistics.
struct RelationFingerprint {
  uint32_t oid = 0;
  std::string relation;
  std::map<std::string, std::vector<std::string>> facts;

  friend bool operator==(const RelationFingerprint&, const RelationFingerprint&) = default;
};

// An answer to a question, from the plan or from the ledger.
struct SavedAnswer {
  std::string id, choice, by, reason;

  friend bool operator==(const SavedAnswer&, const SavedAnswer&) = default;
};

struct SavedPlan {
  int format = kFormat;
  std::string tool;  // "regraft 0.2.0"
  std::string name;
  std::string plan_text;  // the plan file as it was read: what `apply` executes
  std::string system_identifier, database;
  int64_t database_oid = 0;
  int server_version = 0;
  std::string planner;
  int approvals_required = 1;
  bool not_by_planner = false;
  int64_t lifetime_seconds = 0;  // of an approval
  std::vector<SavedAnswer> answers;
  std::vector<SavedPreparation> preparations;
  std::vector<SavedAction> actions;              // in the order of execution
  std::vector<Finding> findings;                 // of the plan as a whole
  std::vector<RelationFingerprint> fingerprint;  // by OID
  std::string sha256;                            // of the canonical text of all the above

  friend bool operator==(const SavedPlan&, const SavedPlan&) = default;
};

}  // namespace regraft::saved_plan
