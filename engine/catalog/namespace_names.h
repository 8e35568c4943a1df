// Names as schemas hold them: which are taken, which a table brings along when it moves, and who
// could not reach it there. Values.
#pragma once

#include "engine/pg/connection.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace regraft::catalog {

// Within a schema each of these has names of its own; a table has one of the first two. CHECK and
// foreign key names belong to their table and clash with nothing.
enum class NameSpace {
  kRelation,    // tables, views, indexes (so unique constraints), sequences
  kType,        // row types, array types, enums, domains, ranges, base types
  kStatistics,  // extended statistics objects
};

struct SchemaName {
  std::string name;
  NameSpace space = NameSpace::kRelation;
  std::string kind;  // "table", "index", "sequence", "row type", "array type", "enum" …
  uint32_t oid = 0;  // of pg_class, pg_type or pg_statistic_ext, by `space`
  // Array types have names that the server chooses, and chooses anew where another type wants it:
  // no clash, as long as the table is renamed in the schema, not moved there under its last name.
  bool yields = false;
  // SET SCHEMA of the table leaves it behind; it needs a statement of its own.
  bool by_hand = false;
};

// Sorted by name space and name. A schema that does not exist has none.
absl::StatusOr<std::vector<SchemaName>> ReadNames(pg::Connection& connection,
                                                  const std::string& schema);

// The table itself first, then what moves with it, then what must be moved by hand.
absl::StatusOr<std::vector<SchemaName>> NamesOf(pg::Connection& connection, uint32_t oid);

struct NameClash {
  SchemaName moving, taken;
};
// What keeps the names of a table from standing in a schema where `taken` are. `new_name` is the
// table's, and its row type's, there. What is itself among the moving is not in the way.
std::vector<NameClash> FindClashes(const std::vector<SchemaName>& moving,
                                   const std::string& new_name,
                                   const std::vector<SchemaName>& taken);

// `wanted`, or with _2, _3 … the first that is not in `taken`; cut at a character to the 63 bytes
// that names have.
std::string FreeName(const std::string& wanted, const std::set<std::string>& taken);

// A role that reaches the table today and would not after it moved.
struct MissingUsage {
  std::string role;  // as SQL writes it: quoted where needed, PUBLIC
  std::string why;   // "owner", "holds SELECT", "owns sales.items, which references it" …
  // False where only a foreign key's owner is concerned: his rows are checked as before, but he
  // cannot validate the key again.
  bool breaks = true;
  std::string remedy;  // GRANT …
};
// Roles with USAGE on the table's schema and none on `schema`; superusers have it everywhere, and
// members as their groups have it. In a schema that is still to be made nobody else has it. Sorted
// by role.
absl::StatusOr<std::vector<MissingUsage>> ReadSchemaUsage(pg::Connection& connection, uint32_t oid,
                                                          const std::string& schema);

}  // namespace regraft::catalog
