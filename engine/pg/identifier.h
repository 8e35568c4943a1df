// Names of relations as people type them and as SQL needs them.
#pragma once

#include "absl/status/statusor.h"

#include <string>
#include <string_view>

namespace regraft::pg {

// A relation name, unquoted. An empty schema means that the search path decides.
struct QualifiedName {
  std::string schema;
  std::string name;

  friend bool operator==(const QualifiedName&, const QualifiedName&) = default;
};

// Reads `name`, `schema.name`, `schema."Odd name"` as psql does: folded to lower case unless
// quoted, a doubled quote inside quotes stands for one. Errors: BadPlan.
absl::StatusOr<QualifiedName> ParseQualifiedName(std::string_view text);

// Always quoted; PostgreSQL's rules need nothing but doubled quotes.
std::string QuoteIdentifier(std::string_view name);
std::string QuoteQualified(const QualifiedName& name);

// The same, quoted only where needed: for people.
std::string DisplayName(const QualifiedName& name);

}  // namespace regraft::pg
