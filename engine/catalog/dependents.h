// What uses a table, in three classes: tracked (PostgreSQL knows it and keeps it by OID), textual
// (it names the table in text that nothing updates), and invisible from here. Values.
#pragma once

#include "engine/catalog/sql_mentions.h"
#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::catalog {

enum class DependentKind {
  // Tracked.
  kView,
  kMaterializedView,
  kFunctionBody,  // BEGIN ATOMIC, or a parameter of the row type
  kForeignKey,    // of another table, referencing this one
  kPolicy,
  kRule,
  kTrigger,
  kPartition,
  kChild,    // inherits
  kColumn,   // of another relation, typed as the row type
  kDefault,  // of another table, using a sequence that this one owns
  kPublication,
  kSchemaPublication,  // it publishes whatever its schema holds
  kOther,
  // Textual.
  kFunctionText,
  kSetting,      // search_path of a role or database with the table's schema in it
  kTextSetting,  // another setting that names the table
  kJob,          // of pg_cron
};

struct Dependent {
  uint32_t of = 0;
  DependentKind kind = DependentKind::kOther;
  std::string name;    // "sales.open_orders", "items_order_fkey of sales.items"
  std::string detail;  // "through sales.all_orders", "ON DELETE CASCADE"; may be empty
  Certainty certainty = Certainty::kNames;

  [[nodiscard]] bool tracked() const { return kind < DependentKind::kFunctionText; }
};

// "view", "foreign key", "function", "setting" …: for people and the saved plan.
std::string_view KindName(DependentKind kind);
std::string_view ClassName(const Dependent& dependent);  // "tracked", "textual"

struct Dependents {
  // In the order of the OIDs asked for; per table tracked first, then by kind and name.
  std::vector<Dependent> seen;
  // What cannot be seen, one sentence each; never empty: other databases and applications.
  std::vector<std::string> unseen;
};

absl::StatusOr<Dependents> ReadDependents(pg::Connection& connection,
                                          const std::vector<uint32_t>& oids);

// How often recorded statements name the tables. Changes from call to call: no part of a plan that
// people approve.
struct StatementUse {
  bool readable = false;            // pg_stat_statements is installed, and this role may read it
  std::vector<int64_t> statements;  // by position in `tables`
};
absl::StatusOr<StatementUse> CountStatements(pg::Connection& connection,
                                             const std::vector<pg::QualifiedName>& tables);

}  // namespace regraft::catalog
