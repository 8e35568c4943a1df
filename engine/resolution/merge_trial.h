// Tries a merge on the rows that are there: what would be lost, what cannot enter, what does not
// come back. Reads only.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/resolution/rebuild.h"
#include "engine/resolution/work.h"

namespace regraft::resolution {

// What is found is named in work->saved. Sets plan->target_sql to the target with what earlier
// merges bring, and adds this merge's rows to them.
absl::Status TryMerge(Run* run, Work* work, analysis::CopyPlan* plan, const Rebuild& rebuild);

// Where a row that has no place in the target goes when the plan names no table for it.
pg::QualifiedName RemainderName(const Work& work);
// Sets saved.remainder_table, and refuses a name that is taken or a schema that is not there.
absl::Status NameRemainder(Run* run, Work* work);

}  // namespace regraft::resolution
