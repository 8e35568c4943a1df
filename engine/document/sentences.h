// What the sentences around a table say of all its rows.
#pragma once

#include "engine/document/markdown.h"
#include "engine/pg/identifier.h"

#include <optional>
#include <string>
#include <vector>

namespace regraft::document {

// "Add `origin varchar(50)` to `app.orders`": a column that a target must have before the merge.
struct ColumnToAdd {
  std::string column;
  std::string type;                       // empty: not said
  std::vector<pg::QualifiedName> tables;  // empty: "the targets"
  int line = 0;
};

struct Sentences {
  std::optional<pg::QualifiedName> target;  // "all of them merge into `app.log`"
  std::string discriminator;                // "with `origin` as discriminator"
  std::vector<ColumnToAdd> columns;
};
Sentences ReadSentences(const std::vector<const Block*>& blocks);

// A rule for the names of archived tables, as "archive.<schema>_<table>_old" says it.
struct NamingRule {
  std::string pattern;  // with {schema} and {table}; maybe without a schema in front
  int line = 0;
};
std::optional<NamingRule> FindNamingRule(const std::vector<Block>& blocks);
// The pattern with the names of `source` put in.
std::string ApplyPattern(const std::string& pattern, const pg::QualifiedName& source);

}  // namespace regraft::document
