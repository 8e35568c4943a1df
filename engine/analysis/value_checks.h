// Tries the homes whose worth depends on the values: casts, domains, value maps. Reads the source,
// writes nothing.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/pg/connection.h"

#include "absl/status/status.h"

namespace regraft::analysis {

// REQUIRES: `connection` is in a transaction with the copy's snapshot; it may be aborted
// afterwards. Errors: BadPlan that names every column with something to lose, its types, how many
// rows and one value. `losses_set_aside`: rows with something to lose go to a remainder table, and
// only what cannot be tried row by row is an error.
absl::Status CheckValues(const CopyPlan& plan, pg::Connection& connection, bool losses_set_aside);

// "FROM app.orders AS s": the source as a user would write it, with its partitions, without our own
// walk over leaves and ranges. Children of inheritance as the request says. `where` is added in
// parentheses.
std::string FromWholeSource(const CopyPlan& plan, const std::string& more_where);

}  // namespace regraft::analysis
