// What an SQL text in a plan says, read by PostgreSQL's own grammar before any server sees it. Pure
// text; nothing is looked up.
#pragma once

#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::sql_text {

// The names in an expression, in the order in which they stand there, each once.
struct ExpressionNames {
  std::vector<pg::QualifiedName> relations;  // of its sub-selects, without their WITH names
  std::vector<pg::QualifiedName> functions;
  bool has_sub_select = false;
};
// Errors: BadPlan with the position for text that is not exactly one expression.
absl::StatusOr<ExpressionNames> ReadExpression(const std::string& sql);

// The same of a whole query: one SELECT, VALUES or TABLE, with or without WITH, that stores and
// locks nothing. Errors: BadPlan with the position.
absl::StatusOr<ExpressionNames> ReadQuery(const std::string& sql);

// What stands behind the name in ADD COLUMN.
struct ColumnDefinition {
  std::string type;         // "varchar(50)"
  std::string default_sql;  // empty: none
  bool not_null = false;
};
// Errors: BadPlan; constraints other than DEFAULT, NULL and NOT NULL are refused.
absl::StatusOr<ColumnDefinition> ReadColumnDefinition(const std::string& text);

// What stands behind the table's name in CREATE UNIQUE INDEX: "(origin, id) WHERE live".
struct IndexDefinition {
  std::vector<std::string> columns;  // plain names
  std::string predicate;             // empty: not partial
  bool nulls_not_distinct = false;
};
// Errors: BadPlan, also for keys that are expressions.
absl::StatusOr<IndexDefinition> ReadIndexDefinition(const std::string& text);

}  // namespace regraft::sql_text
