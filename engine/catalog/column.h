// A live column of a relation, as the catalog has it. A value.
#pragma once

#include "engine/copy_format/type_shape.h"

#include <cstdint>
#include <string>

namespace regraft::catalog {

// What the engine must know of a column's type beyond its name.
struct Type {
  uint32_t oid = 0;
  std::string schema;
  std::string name;
  // Resolved through domains, array elements, composite fields, range subtypes.
  copy_format::TypeShape shape;
  uint32_t base_oid = 0;     // of a domain: its base type, through all levels; else `oid`
  int32_t base_typmod = -1;  // of a domain: the typmod its base carries
  bool is_domain = false;
  bool binary_io = true;             // every type inside has typsend and typreceive
  std::string no_binary_io;          // the type inside that has not, for messages
  bool is_xml = false;               // xml itself (or a domain over it)
  bool contains_xml = false;         // xml inside an array or composite: refused
  bool contains_object_oid = false;  // regclass, regtype …: bytes name another object elsewhere
  bool is_builtin = false;           // oid < kFirstUserOid, nothing user-defined inside
  // Equal text for types that are structurally the same in two databases: qualified names, enum
  // labels, composite fields, range subtypes, base types of domains. Base types of extensions:
  // their qualified name.
  std::string structure;
  // Of an enum, or a domain over one: its labels as SQL literals, "'a', 'b'"; else empty.
  std::string enum_labels_sql;
};

struct Column {
  int16_t attnum = 0;
  std::string name;
  Type type;
  int32_t typmod = -1;
  std::string type_sql;  // format_type(), schema-qualified unless in pg_catalog: usable in any SQL
  bool not_null = false;
  std::string default_sql;  // pg_get_expr(); empty without default and for generated columns
  bool default_uses_sequence = false;
  char generated = '\0';  // 's' stored
  std::string generated_sql;
  char identity = '\0';  // 'a' always, 'd' by default
  uint32_t collation = 0;
  std::string collation_sql;  // schema-qualified; empty where it is the type's own
};

}  // namespace regraft::catalog
