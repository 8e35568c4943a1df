// What actions write into the comments of tables, for whoever finds them years later.
#pragma once

#include "engine/resolution/work.h"

namespace regraft::resolution {

// Adds to work->saved the statement that writes `words` below the comment of the source, which is
// called `name` by then. Called in the order of execution, so that no action writes over what
// another one wrote.
absl::Status AddComment(Run* run, Work* work, const pg::QualifiedName& name,
                        const std::string& words);

}  // namespace regraft::resolution
