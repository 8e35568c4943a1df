#include "engine/leaf_lock/parts.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/schema.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <set>

namespace regraft::leaf_lock {
namespace {

bool Contains(const std::vector<std::string>& schemas, const std::string& schema) {
  return std::find(schemas.begin(), schemas.end(), schema) != schemas.end();
}

bool IsWithin(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  return std::all_of(some.begin(), some.end(),
                     [&](const std::string& schema) { return Contains(all, schema); });
}

// One table is one leaf.
absl::Status CheckLeaves(const LockPart& kept, const LockPart& next) {
  for (const plan::Leaf& leaf : next.lock.leaves)
    for (const plan::Leaf& other : kept.lock.leaves)
      if (leaf.table == other.table &&
          (leaf.sub_hub != other.sub_hub || leaf.leaf_type != other.leaf_type))
        return BadPlan(absl::StrCat(
            pg::DisplayName(leaf.table), " would be ", leaf.leaf_type, " of ", leaf.sub_hub,
            ", and in the lock of ", kept.plan_name, " is ", other.leaf_type, " of ", other.sub_hub,
            ": change one of the plans, or regraft unlock --plan NAME that one"));
  return absl::OkStatus();
}

// Of a lock whose parts nobody knows, everything must be in the next one.
absl::Status CheckWithin(const LockState& before, const LockPart& next) {
  for (const std::string& schema : before.schemas)
    if (!Contains(next.lock.schemas, schema))
      return BadPlan(absl::StrCat("schema ", schema, " is locked by ", before.locked_by, " (",
                                  before.plan_name,
                                  "), by a version of regraft that could not lock for several "
                                  "plans: lock that plan again, or regraft unlock --reason …; then "
                                  "the same command again"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<LockPart>> PartsBeside(const LockState& before, const LockPart& next) {
  if (before.parts.empty() && before.plan_name != next.plan_name)
    RETURN_IF_ERROR(CheckWithin(before, next));
  std::vector<LockPart> kept = before.parts;
  std::erase_if(kept, [&](const LockPart& part) {
    return part.plan_name == next.plan_name || IsWithin(part.lock.schemas, next.lock.schemas);
  });
  for (const LockPart& part : kept) RETURN_IF_ERROR(CheckLeaves(part, next));
  return kept;
}

std::vector<std::string> SchemasOf(const std::vector<LockPart>& parts) {
  std::vector<std::string> schemas;
  for (const LockPart& part : parts)
    for (const std::string& schema : part.lock.schemas)
      if (!Contains(schemas, schema)) schemas.push_back(schema);
  return schemas;
}

std::string NamesOf(const std::vector<LockPart>& parts) {
  return absl::StrJoin(parts, "; ", [](std::string* out, const LockPart& part) {
    absl::StrAppend(out, part.plan_name);
  });
}

std::string LockersOf(const std::vector<LockPart>& parts) {
  std::set<std::string> lockers;
  for (const LockPart& part : parts) lockers.insert(part.locked_by);
  return absl::StrJoin(lockers, "; ");
}

absl::StatusOr<std::vector<LockPart>> ReadParts(pg::Connection& connection, int64_t lock_id) {
  std::vector<LockPart> parts;
  ASSIGN_OR_RETURN(const bool known, ledger::HasLockParts(connection));
  if (!known) return parts;
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Query("SELECT plan_name, locked_by, lock FROM regraft.lock_part WHERE lock_id = "
                       "$1 ORDER BY plan_name COLLATE \"C\"",
                       {absl::StrCat(lock_id)}));
  for (int row = 0; row < found.rows(); ++row) {
    ASSIGN_OR_RETURN(plan::Plan plan, plan::ReadPlan(found.Text(row, 2),
                                                     "regraft.lock_part of " + found.Text(row, 0)));
    // Its leaves were there, or waited for: one that has gone since does not concern other plans.
    parts.push_back({.plan_name = found.Text(row, 0),
                     .locked_by = found.Text(row, 1),
                     .lock = plan.lock.value_or(plan::Lock{}),
                     .reserve = true});
  }
  return parts;
}

absl::Status StoreParts(pg::Connection& connection, int64_t lock_id,
                        const std::vector<LockPart>& parts) {
  for (const LockPart& part : parts) {
    plan::Plan plan;
    plan.lock = part.lock;
    RETURN_IF_ERROR(connection
                        .Query("INSERT INTO regraft.lock_part VALUES ($1, $2, $3, $4)",
                               {absl::StrCat(lock_id), part.plan_name, part.locked_by,
                                plan::WritePlan(plan, {})})
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace regraft::leaf_lock
