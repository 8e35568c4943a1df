// What `digest` and `diff` ask of a relation before they read it: that it is there, which of its
// rows are meant, and that the condition is one.
#pragma once

#include "engine/catalog/table.h"
#include "engine/pg/connection.h"

#include "absl/status/statusor.h"
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace regraft::cli {

// The flags that both verbs have.
struct ReadFlags {
  std::string where;
  std::string children;  // "", "include", "exclude"
  int jobs = 0;
};
void AddReadFlags(CLI::App* verb, ReadFlags* flags);

struct OpenedRelation {
  catalog::Table table;
  std::vector<catalog::Leaf> leaves;  // what is to be read, never none

  [[nodiscard]] std::string name() const { return pg::DisplayName(table.name); }
};

// Resolves `typed` on `connection` and checks it and `flags.where`. Errors are kBadPlan where
// another name, flag or condition would cure them.
absl::StatusOr<OpenedRelation> OpenRelation(pg::Connection& connection, const std::string& typed,
                                            const ReadFlags& flags);

}  // namespace regraft::cli
