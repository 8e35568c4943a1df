// How a value's binary form is nested: just enough to find the type OIDs inside arrays, composites,
// ranges and multiranges. OIDs of user-defined types differ between databases for equal values.
#pragma once

#include <cstdint>
#include <vector>

namespace regraft::copy_format {

// OIDs from here on are given out while a server runs and differ between databases
// (FirstNormalObjectId in access/transam.h).
inline constexpr uint32_t kFirstUserOid = 16384;

struct TypeShape {
  enum class Kind { kPlain, kArray, kComposite, kRange, kMultirange };

  Kind kind = Kind::kPlain;
  // kArray: the element; kRange: the bound; kMultirange: the range, not its bound; kComposite: one
  // for each field that is not dropped. A domain has the shape of its base type.
  std::vector<TypeShape> parts;
  // True if an OID of a user-defined type (kFirstUserOid and up) occurs in the binary form, at any
  // depth: those of array elements (a domain's own) and of composite fields. Never true for kPlain.
  bool carries_user_oid = false;
};

}  // namespace regraft::copy_format
