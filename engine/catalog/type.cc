#include "engine/catalog/type.h"

#include "engine/base/status_macros.h"
#include "engine/catalog/cells.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace regraft::catalog {
namespace {

using copy_format::kFirstUserOid;
using Kind = copy_format::TypeShape::Kind;

// Walks from the columns' types to what they are made of: a domain's base, an array's element, a
// range's bound, a multirange's range, a composite's live fields. One row for each (type, part),
// parts in order; a type without parts gives one row whose part is NULL. What decides that a type
// is an array is the form of its bytes (array_send): int2vector, point, name have elements too, but
// other bytes. An empty int2vector or oidvector is sent, and refused by its own receive function,
// so they count as types without binary form.
constexpr const char* kTypesQuery = R"sql(
WITH RECURSIVE part(whole, position, oid, name, typmod) AS (
  SELECT DISTINCT 0::oid, 0, atttypid, ''::text COLLATE "C", -1
  FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped
  UNION
  SELECT 0::oid, 0, $2::oid, '', -1 WHERE $2::oid <> 0
  UNION
  SELECT t.oid, inside.position, inside.oid, inside.name, inside.typmod
  FROM part JOIN pg_type t ON t.oid = part.oid CROSS JOIN LATERAL (
    SELECT 1, t.typbasetype, '', t.typtypmod WHERE t.typtype = 'd'
    UNION ALL
    SELECT 1, t.typelem, '', -1 WHERE t.typtype = 'b' AND t.typsend = 'array_send'::regproc
    UNION ALL
    SELECT 1, rngsubtype, '', -1 FROM pg_range WHERE rngtypid = t.oid
    UNION ALL
    SELECT 1, rngtypid, '', -1 FROM pg_range WHERE rngmultitypid = t.oid
    UNION ALL
    SELECT attnum, atttypid, attname, atttypmod FROM pg_attribute
    WHERE t.typtype = 'c' AND attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped
  ) AS inside(position, oid, name, typmod)
)
SELECT t.oid, n.nspname, t.typname, t.typtype,
       t.typsend <> 0 AND t.typreceive <> 0 AND t.oid <> ALL ('{int2vector,oidvector}'::regtype[]),
       (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
        FROM pg_enum WHERE enumtypid = t.oid),
       (SELECT nullif(rngcanonical, 0)::regproc::text FROM pg_range WHERE rngtypid = t.oid),
       part.oid, part.name, part.typmod
FROM (SELECT DISTINCT oid FROM part) AS used JOIN pg_type t USING (oid)
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN part ON part.whole = t.oid
ORDER BY t.oid, part.position
)sql";

struct Part {
  uint32_t oid = 0;
  std::string quoted_name;  // of a composite's field
  int32_t typmod = -1;
};

// What the catalog says of one type, before its parts are looked at.
struct Entry {
  std::string quoted_name;
  char typtype = 'b';
  bool binary_io = true;
  std::string enum_labels;
  std::string canonical;  // the function that normalises a range's bounds
  std::vector<Part> parts;
};

constexpr uint32_t kXml = 142;
// regproc regprocedure regoper regoperator regclass regcollation regtype regrole regnamespace
// regconfig regdictionary: four bytes that are an OID of this database.
constexpr std::array<uint32_t, 11> kObjectOidTypes = {24,   2202, 2203, 2204, 2205, 4191,
                                                      2206, 4096, 4089, 3734, 3769};

Kind KindOf(const Entry& entry) {
  if (entry.typtype == 'c') return Kind::kComposite;
  if (entry.typtype == 'r') return Kind::kRange;
  if (entry.typtype == 'm') return Kind::kMultirange;
  return entry.parts.empty() ? Kind::kPlain : Kind::kArray;
}

std::string WithTypmod(const Type& type, int32_t typmod) {
  return typmod < 0 ? type.structure : absl::StrCat(type.structure, "#", typmod);
}

// Turns entries into types; parts first, each type once. Types cannot contain themselves.
class Resolver {
 public:
  explicit Resolver(std::map<uint32_t, Entry> entries, std::map<uint32_t, Type> names)
      : entries_(std::move(entries)), types_(std::move(names)) {}

  std::map<uint32_t, Type> ResolveAll() {
    for (const auto& [oid, entry] : entries_) Resolve(oid);
    return std::move(types_);
  }

 private:
  const Type& Resolve(uint32_t oid);
  void ResolveDomain(const Entry& entry, Type* type);
  void ResolveParts(const Entry& entry, Type* type);
  std::string PartsStructure(const Entry& entry);

  std::map<uint32_t, Entry> entries_;
  std::map<uint32_t, Type> types_;
};

const Type& Resolver::Resolve(uint32_t oid) {
  Type& type = types_[oid];
  if (!type.structure.empty()) return type;
  const Entry& entry = entries_[oid];
  type.base_oid = oid;
  type.is_builtin = oid < kFirstUserOid;
  type.is_xml = oid == kXml;
  type.contains_object_oid =
      std::find(kObjectOidTypes.begin(), kObjectOidTypes.end(), oid) != kObjectOidTypes.end();
  type.enum_labels_sql = entry.enum_labels;
  if (!entry.binary_io && entry.typtype != 'd') type.no_binary_io = entry.quoted_name;
  if (entry.typtype == 'd') {
    ResolveDomain(entry, &type);
  } else {
    ResolveParts(entry, &type);
  }
  type.binary_io = type.no_binary_io.empty();
  return type;
}

// A domain's values have the bytes of its base type; its own OID shows only where it is inside
// another.
void Resolver::ResolveDomain(const Entry& entry, Type* type) {
  const Part& part = entry.parts.front();
  const Type& base = Resolve(part.oid);
  type->is_domain = true;
  type->base_oid = base.base_oid;
  // Only the innermost domain can carry a typmod: those above it have none to add.
  type->base_typmod = base.is_domain ? base.base_typmod : part.typmod;
  type->shape = base.shape;
  type->is_builtin = type->is_builtin && base.is_builtin;
  type->is_xml = base.is_xml;
  type->contains_xml = base.contains_xml;
  type->contains_object_oid = base.contains_object_oid;
  type->no_binary_io = base.no_binary_io;
  type->enum_labels_sql = base.enum_labels_sql;
  type->structure = absl::StrCat(entry.quoted_name, " domain(", WithTypmod(base, part.typmod), ")");
}

void Resolver::ResolveParts(const Entry& entry, Type* type) {
  type->shape.kind = KindOf(entry);
  const bool writes_oids = type->shape.kind == Kind::kArray || type->shape.kind == Kind::kComposite;
  for (const Part& part : entry.parts) {
    const Type& inside = Resolve(part.oid);
    type->shape.carries_user_oid |=
        inside.shape.carries_user_oid || (writes_oids && part.oid >= kFirstUserOid);
    type->shape.parts.push_back(inside.shape);
    type->is_builtin = type->is_builtin && inside.is_builtin;
    type->contains_xml |= inside.is_xml || inside.contains_xml;
    type->contains_object_oid |= inside.contains_object_oid;
    if (type->no_binary_io.empty()) type->no_binary_io = inside.no_binary_io;
  }
  type->structure = PartsStructure(entry);
}

// An array is named by its element: its own name (_t, __t, …) depends on what else the schema
// holds.
std::string Resolver::PartsStructure(const Entry& entry) {
  if (entry.typtype == 'e')
    return absl::StrCat(entry.quoted_name, " enum(", entry.enum_labels, ")");
  const Kind kind = KindOf(entry);
  if (kind == Kind::kPlain) return entry.quoted_name;
  if (kind == Kind::kArray) return absl::StrCat(Resolve(entry.parts[0].oid).structure, "[]");
  if (kind == Kind::kMultirange)
    return absl::StrCat(entry.quoted_name, " multirange(", Resolve(entry.parts[0].oid).structure,
                        ")");
  if (kind == Kind::kRange)
    return absl::StrCat(entry.quoted_name, " range(", Resolve(entry.parts[0].oid).structure,
                        entry.canonical.empty() ? "" : " canonical ", entry.canonical, ")");
  std::string fields;
  for (const Part& part : entry.parts)
    absl::StrAppend(&fields, fields.empty() ? "" : ", ", part.quoted_name, " ",
                    WithTypmod(Resolve(part.oid), part.typmod));
  return absl::StrCat(entry.quoted_name, "(", fields, ")");
}

}  // namespace

absl::StatusOr<std::map<uint32_t, Type>> ReadTypes(pg::Connection& connection, uint32_t relation,
                                                   uint32_t type) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection.Query(kTypesQuery, {absl::StrCat(relation), absl::StrCat(type)}));
  std::map<uint32_t, Entry> entries;
  std::map<uint32_t, Type> types;
  for (int row = 0; row < result.rows(); ++row) {
    Cells cells(result, row);
    const uint32_t oid = cells.Oid();
    Type& found = types[oid];
    found.oid = oid;
    found.schema = cells.Text();
    found.name = cells.Text();
    Entry& entry = entries[oid];
    // Not the server's quote_ident(): what is a keyword differs between versions.
    entry.quoted_name = pg::DisplayName({found.schema, found.name});
    entry.typtype = cells.Char();
    entry.binary_io = cells.Bool();
    entry.enum_labels = cells.Text();
    entry.canonical = cells.Text();
    const Part part = {.oid = cells.Oid(),
                       .quoted_name = pg::DisplayName({"", cells.Text()}),
                       .typmod = cells.Int32()};
    if (part.oid != 0) entry.parts.push_back(part);
  }
  return Resolver(std::move(entries), std::move(types)).ResolveAll();
}

}  // namespace regraft::catalog
