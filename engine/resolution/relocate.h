// Tables that get another name or schema and stay the same table: which names are in the way, by
// which statements, and who is left behind.
#pragma once

#include "engine/catalog/namespace_names.h"
#include "engine/resolution/work.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace regraft::resolution {

// The names that schemas hold, as the actions so far leave them.
class Names {
 public:
  absl::StatusOr<std::vector<catalog::SchemaName>*> Of(Run* run, const std::string& schema);
  // True if the schema exists, or an action before makes it.
  absl::StatusOr<bool> Exists(Run* run, const std::string& schema);
  void Make(const std::string& schema) { exists_[schema] = true; }

 private:
  std::map<std::string, std::vector<catalog::SchemaName>> names_;
  std::map<std::string, bool> exists_;
};

// Adds to work->saved the statements that take the source to `to`, with `view` under the old name.
// Takes the names from one schema to the other.
absl::Status Relocate(Run* run, Work* work, Names* names, const pg::QualifiedName& to, bool view);

}  // namespace regraft::resolution
