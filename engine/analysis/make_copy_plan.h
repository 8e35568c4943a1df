// From a request and two catalogs to a CopyPlan. Reads the target's server for nothing but the
// encoding of literals; changes nothing.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

namespace regraft::analysis {

struct CopyPlanInput {
  plan::CopyRequest request;
  catalog::Table source, target;
  catalog::DatabaseIdentity source_database, target_database;
};

// REQUIRES: `target_connection` is inside a transaction. Every refusal that can be known without
// reading rows is in the one error (BadPlan), one per line.
absl::StatusOr<CopyPlan> MakeCopyPlan(CopyPlanInput input, pg::Connection& target_connection);

// The same for who wants to go on after refusals: they are a list, and the plan is as complete as
// they allow. Errors: only what the server has against being asked.
struct AnalysedCopy {
  CopyPlan plan;
  std::vector<std::string> refusals;
};
absl::StatusOr<AnalysedCopy> AnalyseCopy(CopyPlanInput input, pg::Connection& target_connection);

}  // namespace regraft::analysis
