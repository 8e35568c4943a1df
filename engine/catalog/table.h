// A relation with everything about it that decides how its rows may be read or written. Values,
// read once from the catalog in one transaction; nothing here changes afterwards.
#pragma once

#include "engine/catalog/column.h"
#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regraft::catalog {

// A relation that holds rows itself: an ordinary table, a partition, a materialized view; or
// something that can only be read as a whole (view, foreign table: `has_ctid` false).
struct Leaf {
  uint32_t oid = 0;
  pg::QualifiedName name;
  char relkind = 'r';
  bool has_ctid = true;  // heap access method: readable by ctid ranges
  int64_t blocks = 0;    // pg_relation_size / block size, now; never relpages
  int64_t heap_bytes = 0;
  int64_t toast_bytes = 0;  // of the TOAST table without its index
};

struct Index {
  uint32_t oid = 0;
  std::string name;
  bool unique = false;
  bool primary = false;
  bool immediate = true;
  bool nulls_not_distinct = false;  // 15+
  bool has_exclusion = false;
  bool of_partition = false;  // on a partition below only
  // For each key column: a quoted name or an expression, with COLLATE where the index has its own.
  std::vector<std::string> key_sql;
  // The plain names; an empty string where the key is an expression.
  std::vector<std::string> key_columns;
  // The index's own equality, such as OPERATOR(pg_catalog.=): that of an extension's type may stand
  // in a schema that is not on the search path, where = would find another. Empty: not a btree.
  std::vector<std::string> key_equals;
  std::vector<std::string> included_columns;  // INCLUDE: stored, not part of the key
  std::string predicate_sql;                  // empty when not partial
  std::string definition;                     // pg_get_indexdef
};

// A partition that is itself the relation also has its bound here, named "partition bound".
struct Check {
  std::string name;
  std::string expression_sql;  // boolean expression over the columns
  bool validated = true;
};

struct ForeignKey {
  std::string name;
  pg::QualifiedName referenced;
  std::vector<std::string> columns;
  std::vector<std::string> referenced_columns;
  // The constraint's own equality of each pair, the referenced column on its left; as in an index.
  std::vector<std::string> equals;
  char match_type = 's';  // 's' simple, 'f' full
  bool deferrable = false;
  bool validated = true;
};

struct Trigger {
  std::string name;
  char enabled = 'O';  // pg_trigger.tgenabled: O origin, D disabled, R replica, A always
  bool row = true;
  bool before = false;
  bool on_insert = false;
  bool on_update = false;
  std::string function;  // schema.name
};

struct Rule {
  std::string name;
  char enabled = 'O';
  bool on_insert = false;
};

struct Table {
  uint32_t oid = 0;
  pg::QualifiedName name;
  char relkind = 'r';      // r table, p partitioned, v view, m materialized view, f foreign table
  char persistence = 'p';  // p permanent, u unlogged, t temporary
  std::string owner;
  bool row_security = false;
  std::vector<Column> columns;  // live, attnum order
  // What holds the rows, never none: for a partitioned table its leaves, by name, or itself if it
  // has no partition.
  std::vector<Leaf> leaves;
  std::vector<Leaf> inheritance_children;  // old-style children (not partitions), all levels
  // The relation's own, and what only a partition below has and can refuse rows by (unique,
  // exclusion), its name prefixed by the partition: "leaf.index".
  std::vector<Index> indexes;
  std::vector<Check> checks;
  std::vector<ForeignKey> foreign_keys;  // those that only a partition has: "leaf.constraint"
  std::vector<Trigger> triggers;  // user triggers only (not tgisinternal); leaves' triggers too,
                                  // their names prefixed by the leaf: "leaf.trigger"
  std::vector<Rule> rules;        // without the _RETURN rule of views

  [[nodiscard]] const Column* FindColumn(std::string_view column) const;
  [[nodiscard]] int64_t total_bytes() const;  // heap + TOAST of all leaves
};

// Which database a connection talks to. Two connections with equal values see the same tables.
struct DatabaseIdentity {
  // pg_control_system()'s, as text; "address/…" where the role may not execute that.
  std::string system_identifier;
  std::string database;
  uint32_t database_oid = 0;

  friend bool operator==(const DatabaseIdentity&, const DatabaseIdentity&) = default;
};

absl::StatusOr<DatabaseIdentity> ReadDatabaseIdentity(pg::Connection& connection);

// Resolves a name as people typed it. Without a schema, by the search path that the session had
// before regraft pinned its own (the connection string's, role's, database's or server's); more
// than one candidate is not possible. Nothing found: nullopt.
absl::StatusOr<std::optional<uint32_t>> FindRelation(pg::Connection& connection,
                                                     const pg::QualifiedName& name);

// The nearest existing relation names, for "did you mean". At most three, display form.
absl::StatusOr<std::vector<std::string>> SimilarRelations(pg::Connection& connection,
                                                          const pg::QualifiedName& name);

// Reads the relation. Errors: NotFound when the oid is gone, PermissionDenied as the server says.
absl::StatusOr<Table> ReadTable(pg::Connection& connection, uint32_t oid);

}  // namespace regraft::catalog
