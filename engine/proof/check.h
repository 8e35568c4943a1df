// What the proofs of single actions share. Internal to this folder.
#pragma once

#include "engine/ledger/plan_proofs.h"
#include "engine/ledger/plan_runs.h"
#include "engine/plan/plan.h"
#include "engine/proof/buckets.h"
#include "engine/proof/moved_rows.h"
#include "engine/proof/reader.h"
#include "engine/proof/verify.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace regraft::proof {

// What is known before rows are read.
struct Plan {
  const saved_plan::SavedPlan& saved;
  plan::Plan text;
  int64_t run_id = 0;
  std::vector<ledger::PlanAction> actions;  // of the run

  [[nodiscard]] const ledger::PlanAction* Row(const std::string& id) const;
  [[nodiscard]] bool IsDone(const std::string& id) const;
  // The name that the plan's done actions have given this relation last; empty: none has.
  [[nodiscard]] std::string NameGiven(uint32_t oid) const;
  // Whether done actions of the plan bring rows or values into this relation.
  [[nodiscard]] bool IsTarget(uint32_t oid) const;
};

struct Check {
  Reader& reader;
  const Plan& plan;
  const saved_plan::SavedAction& action;
  const ledger::PlanAction& row;  // the ledger's
  ActionProof* proof;
  // What was found, for the receipt: rows that stand still.
  std::vector<catalog::Column> columns;
  std::optional<Buckets> found;

  void Differ(const std::string& sentence) const { proof->differences.push_back(sentence); }
  void Note(const std::string& sentence) const { proof->notes.push_back(sentence); }
};

// moved.cc: merges and folds.
absl::Status CheckMoved(Check* check);
// same_oid.cc: archive, move, label, key.
absl::Status CheckSameOid(Check* check);
// equation.cc: of every table that rows were merged into.
absl::StatusOr<std::vector<TargetEquation>> ReadEquations(Reader* reader, const Plan& plan,
                                                          const std::vector<ActionProof>& proofs);
// prove.cc: damages a copy of rows of a merge or fold in every way.
absl::Status ProveDamages(Check* check);

// Which database is meant, and that it is not this one; empty: it is this one. Where one of the two
// could not read the cluster's identifier, the database's OID decides alone.
struct Place {
  std::string system_identifier, database;
  int64_t database_oid = 0;
};
std::string OtherDatabase(const Place& meant, const catalog::DatabaseIdentity& here);

// "5,000 rows" without the thousands' commas of the command line.
std::string RowWords(int64_t rows);
// True where the server could not compute a value, which tells that rows are not what they were.
bool IsValueError(const absl::Status& status);
// A proof with the names of the saved action.
ActionProof ProofOf(const saved_plan::SavedAction& action);

}  // namespace regraft::proof
