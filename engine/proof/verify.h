// Proves again what a saved plan has done: every source is rebuilt from targets and remainders by
// the plan's own inverse, in one snapshot, and compared with what is left of it. User tables are
// only read; what was found is kept in the ledger.
#pragma once

#include "engine/pg/connection.h"
#include "engine/saved_plan/saved_plan.h"

#include "absl/status/status.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regraft::proof {

struct VerifyOptions {
  pg::ConnectOptions connect;
  const saved_plan::SavedPlan& plan;
  std::string file = "saved.json";  // names the plan in remedies
  std::set<std::string> actions;    // ids; empty: all that are done
  bool receipts = false;            // write them, for actions whose rows stand still
  bool prove = false;               // show that the comparison can fail
  int jobs = 2;
  // Called before each action.
  std::function<void(const std::string& id, size_t number, size_t count)> on_action =
      [](const std::string&, size_t, size_t) {};
};

// One kind of damage, done to a temporary copy of some of an action's rows.
struct DamageReport {
  std::string kind;    // "a value's lowest bit flipped"
  std::string place;   // the column; empty: whole rows
  bool tried = false;  // false: no column allows it
  bool caught = false;
  std::string words;  // what the comparison said
};

struct ActionProof {
  std::string id, kind, source, target;
  std::string state;     // as in the ledger, or "blocked"
  bool checked = false;  // done, and there was something to compare
  bool equal = false;    // REQUIRES: checked
  bool live = false;     // others go on writing to it: a change is told, and is no difference
  std::optional<int64_t> rows_source, rows_target, rows_remainder;
  std::string remainder_table;
  std::string source_digest, rebuilt_digest;  // expected, found
  // Of a table that was not copied: its rows lie in the files that apply has left; none: not known.
  std::optional<bool> same_files;
  std::vector<std::string> differences;     // sentences
  std::vector<std::string> rows_different;  // "row id='7': changed, …"; at most 20
  std::vector<std::string> notes;
  std::string receipt;       // JSON; empty: none was wanted, or there is none
  int64_t rows_damaged = 0;  // copied, to be damaged
  std::vector<DamageReport> damages;
  double seconds = 0;
};

// rows_now = rows_before + merged + others_since.
struct TargetEquation {
  std::string target;
  int64_t rows_now = 0, rows_before = 0, others_since = 0;
  struct Merged {
    std::string id;
    int64_t rows = 0;
  };
  std::vector<Merged> merged;
};

struct VerifyReport {
  int64_t run_id = 0;
  std::vector<ActionProof> actions;  // in the order of execution
  std::vector<TargetEquation> targets;
  bool recorded = false;
  std::string record_note;  // why it was not recorded
  double seconds = 0;
};

// Errors: Differences if an action is not what it must be, or a damage was not caught; BadPlan for
// unknown ids; FailedPrecondition where there is nothing to verify. `report` is filled as far as it
// got.
absl::Status Verify(const VerifyOptions& options, VerifyReport* report);

// The receipts of the report's actions as one document.
std::string ReceiptDocument(const VerifyReport& report);

struct AgainstOptions {
  pg::ConnectOptions connect;
  std::string text, file;                       // the receipts, and the name of their file
  const saved_plan::SavedPlan* plan = nullptr;  // nullptr: the ledger's
  std::set<std::string> actions;                // ids; empty: all
  int jobs = 2;
};

// Compares what the targets and remainders hold now with receipts. Errors: Differences; BadPlan for
// a file that holds no receipts.
absl::Status VerifyAgainst(const AgainstOptions& options, VerifyReport* report);

}  // namespace regraft::proof
