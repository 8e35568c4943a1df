// How a value's binary form is nested: just enough to find the type OIDs inside arrays, composites,
// ranges and multiranges. Those OIDs of user-defined types differ between databases for equal
// values.
#pragma once

#include <vector>

namespace regraft::copy_format {

struct TypeShape {
  enum class Kind { kPlain, kArray, kComposite, kRange, kMultirange };

  Kind kind = Kind::kPlain;
  // kArray, kRange, kMultirange: one part; kComposite: one per live field.
  std::vector<TypeShape> parts;
  // True if an OID of a user-defined type (>= 16384) occurs in this value's binary form, at any
  // depth.
  bool carries_user_oid = false;
};

}  // namespace regraft::copy_format
