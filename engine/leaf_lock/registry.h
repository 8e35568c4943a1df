// The registry: which relation is what in the tree of sub-hubs.
#pragma once

#include "engine/leaf_lock/leaf_lock.h"
#include "engine/pg/connection.h"
#include "engine/pg/identifier.h"
#include "engine/plan/lock.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::leaf_lock {

inline constexpr std::string_view kUnclassified = "UNCLASSIFIED";

// In an open transaction: what plans said before is forgotten, what people registered by hand
// stays unless one of these says otherwise. Errors: BadPlan for leaves that are not there, unless
// `reserve`.
absl::Status FillRegistry(pg::Connection& connection, const std::vector<LockPart>& parts);
// How many leaves of a type each sub-hub has, as these plans say.
absl::Status StoreRules(pg::Connection& connection, const std::vector<LockPart>& parts);

// A sub-hub with fewer or more leaves of a type than the registry's rules say. Partitions do not
// count.
struct BrokenRule {
  std::string words;
  bool too_many = false;
};
absl::StatusOr<std::vector<BrokenRule>> BrokenRules(pg::Connection& connection);

struct Registration {
  pg::QualifiedName table;
  std::string sub_hub, leaf_type, path, by;
};
struct Registered {
  bool exists = false;  // false: the name waits for its table
  bool locked = false;  // its schema is
  std::string was;      // leaf type and sub-hub before; empty: none
};
// Registers a relation, or the name of one that is still to come; one that is registered gets what
// is said now, and its structure of today is what is frozen. Errors: BadPlan for a leaf type, or a
// number of leaves against the rules; PermissionDenied.
absl::StatusOr<Registered> Register(pg::Connection& connection, const Registration& registration);

// REQUIRES: a transaction with a permit. Says that this relation, which the transaction made, is an
// archive of `of`: ARCHIVE in the sub-hub of that one. Nothing to do where nothing is locked, the
// name was registered in advance, or `of` is unclassified: then the archive is, too.
absl::Status RegisterArchive(pg::Connection& connection, const pg::QualifiedName& archive,
                             const pg::QualifiedName& of, const std::string& by);

struct LeafEntry {
  std::string name;  // as people write it
  std::string sub_hub, leaf_type, path, parent, registered_by, origin;
  bool exists = true, frozen = false;
  std::optional<int64_t>
      rows;  // as the server estimates; none: never analysed, or no rows of its own
  int64_t bytes = 0;
};
// By sub-hub, leaf type and name; what is not classified last. `count`: every row is counted.
absl::StatusOr<std::vector<LeafEntry>> ReadRegistry(pg::Connection& connection, bool count);

}  // namespace regraft::leaf_lock
