// What is true now of the table that a plan's lock states: each sub-hub with its leaves, by plan,
// registry and catalog; beside it the leaf lock, the last audit, the questions that are open. A
// value; nothing is changed.
#pragma once

#include "engine/leaf_lock/check.h"
#include "engine/pg/connection.h"
#include "engine/plan/plan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::compliance {

// Names are as people write them.
struct Leaf {
  std::string table, leaf_type;
  bool in_plan = true;            // false: registered besides
  std::string kind;               // "table", "view" …; empty: not there
  std::optional<int64_t> rows;    // none: never analysed, or no rows of its own
  std::string registered_as;      // "MV of sales"; empty: not registered
  std::string gap;                // how it is not as the plan says; empty: it is
  std::vector<std::string> todo;  // what the plan still leaves open
};

// How many leaves of a type are there, of the plan and registered besides.
struct Tally {
  std::string leaf_type;
  int64_t found = 0;
  std::optional<int64_t> min, max;  // neither: the plan does not say
  bool holds = true;
};

struct SubHub {
  std::string name;
  std::vector<Leaf> leaves;
  std::vector<Tally> tallies;  // in the order of plan::kLeafTypes
  [[nodiscard]] bool holds() const;
};

struct LastAudit {
  int64_t run_id = 0;
  std::string snapshot_at;
  int64_t passed = 0, failed = 0;
  std::vector<std::string> failed_ids, not_run;  // not_run: of the plan, not among them
};

struct OpenQuestion {
  std::string id, table, text;
};

struct Gap {
  std::string object, what, remedy;
};

struct Report {
  std::string plan_name;
  bool counted = false;                   // rows are exact, not the server's estimate
  std::vector<SubHub> sub_hubs;           // as the plan has them, then those registered besides
  std::vector<std::string> unclassified;  // relations of the plan's schemas
  leaf_lock::CheckReport lock;
  std::vector<std::string> unlocked;  // schemas that the plan wants locked
  int64_t audits = 0;                 // that the plan states
  std::optional<LastAudit> audit;
  std::vector<OpenQuestion> questions;
  std::vector<Gap> gaps;  // empty: compliant
};

struct Options {
  const plan::Plan& plan;
  std::string file = "PLAN.yaml";  // names the plan in remedies
  bool count = false;              // every row
};
// One snapshot, after the check of the lock, which has its own. Errors: BadPlan for a plan without
// a lock.
absl::StatusOr<Report> Examine(pg::Connection& connection, const Options& options);

}  // namespace regraft::compliance
