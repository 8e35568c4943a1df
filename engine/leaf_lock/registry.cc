#include "engine/leaf_lock/registry.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/leaf_lock/internal.h"
#include "engine/leaf_lock/permit.h"
#include "engine/ledger/schema.h"
#include "engine/plan/nearest_word.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <set>

namespace regraft::leaf_lock {
namespace {

// $1 schema, $2 name → the relation; no row: none that could be a leaf.
constexpr const char* kFindRelation =
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
    "$1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'f', 'm', 'v') AND c.relpersistence <> 't'";

struct Speaker {
  std::string by, origin;  // as in the registry
};

// Two statements instead of ON CONFLICT: the entry may stand there by OID or by name.
absl::Status Enter(pg::Connection& connection, const plan::Leaf& leaf,
                   const std::optional<std::string>& oid, const Speaker& speaker) {
  const std::string path = leaf.path.empty() ? leaf.sub_hub : leaf.path;
  const pg::Parameters values = {
      leaf.table.schema, leaf.table.name, leaf.sub_hub, leaf.leaf_type, path, oid,
      speaker.by,        speaker.origin};
  ASSIGN_OR_RETURN(
      const pg::Result updated,
      connection.Query(
          "UPDATE regraft.registry SET schema_name = $1, relation_name = $2, sub_hub = $3, "
          "leaf_type = $4, path = $5, relation = coalesce($6::oid, relation::oid), registered_by = "
          "$7, origin = $8, session_role = session_user, registered_at = clock_timestamp() WHERE "
          "relation = $6::oid OR (schema_name, relation_name) = ($1::name, $2::name)",
          values));
  if (updated.affected_rows() > 0) return absl::OkStatus();
  return connection
      .Query(
          "INSERT INTO regraft.registry (schema_name, relation_name, sub_hub, leaf_type, path, "
          "relation, registered_by, origin) VALUES ($1, $2, $3, $4, $5, $6::oid, $7, $8)",
          values)
      .status();
}

absl::StatusOr<std::optional<std::string>> FindRelation(pg::Connection& connection,
                                                        const pg::QualifiedName& table) {
  ASSIGN_OR_RETURN(const pg::Result found,
                   connection.Query(kFindRelation, {table.schema, table.name}));
  if (found.rows() == 0) return std::nullopt;
  return found.Text(0, 0);
}

absl::StatusOr<std::string> Suggest(pg::Connection& connection, const pg::QualifiedName& table) {
  ASSIGN_OR_RETURN(const pg::Result names,
                   connection.Query("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid "
                                    "= c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', "
                                    "'p', 'f', 'm', 'v') ORDER BY 1",
                                    {table.schema}));
  std::vector<std::string_view> known;
  known.reserve(static_cast<size_t>(names.rows()));
  for (int row = 0; row < names.rows(); ++row) known.push_back(names.Value(row, 0));
  const std::string_view nearest = plan::NearestWord(table.name, known);
  return nearest.empty() ? "" : absl::StrCat("; did you mean \"", std::string(nearest), "\"?");
}

// Those that a rule counts: where it names none, all of its plan, and not those of others.
std::set<std::string> SubHubsOf(const plan::LeafCardinality& rule, const plan::Lock& lock,
                                bool alone) {
  std::set<std::string> sub_hubs(rule.sub_hubs.begin(), rule.sub_hubs.end());
  if (!sub_hubs.empty() || alone) return sub_hubs;
  for (const plan::Leaf& leaf : lock.leaves) sub_hubs.insert(leaf.sub_hub);
  return sub_hubs;
}

absl::Status StoreRule(pg::Connection& connection, const plan::LeafCardinality& rule,
                       const std::set<std::string>& sub_hubs) {
  const std::string list = absl::StrJoin(sub_hubs, ", ", [&](std::string* out, const auto& hub) {
    absl::StrAppend(out, connection.QuoteLiteral(hub));
  });
  return connection
      .Query(absl::StrCat("INSERT INTO regraft.registry_rule (leaf_type, least, most, sub_hubs) "
                          "VALUES ($1, $2, $3, ARRAY[",
                          list, "]::text[])"),
             {rule.leaf_type, absl::StrCat(rule.min),
              rule.max.has_value() ? std::optional(absl::StrCat(*rule.max)) : std::nullopt})
      .status();
}

std::string Classified(const std::string& leaf_type, const std::string& sub_hub) {
  return sub_hub.empty() ? leaf_type : absl::StrCat(leaf_type, " of ", sub_hub);
}

absl::Status CheckLeafType(const std::string& leaf_type) {
  const std::vector<std::string_view> known(plan::kLeafTypes.begin(), plan::kLeafTypes.end());
  for (const std::string_view word : known)
    if (word == leaf_type) return absl::OkStatus();
  return BadPlan(
      absl::StrCat("--leaf-type ", leaf_type, " is none", plan::SuggestWord(leaf_type, known)));
}

}  // namespace

absl::Status StoreRules(pg::Connection& connection, const std::vector<LockPart>& parts) {
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.registry_rule"));
  for (const LockPart& part : parts)
    for (const plan::LeafCardinality& rule : part.lock.cardinality)
      RETURN_IF_ERROR(
          StoreRule(connection, rule, SubHubsOf(rule, part.lock, /*alone=*/parts.size() == 1)));
  return absl::OkStatus();
}

absl::Status FillRegistry(pg::Connection& connection, const std::vector<LockPart>& parts) {
  RETURN_IF_ERROR(connection.Run("DELETE FROM regraft.registry WHERE origin <> 'register'"));
  std::vector<std::string> missing;
  for (const LockPart& part : parts)
    for (const plan::Leaf& leaf : part.lock.leaves) {
      ASSIGN_OR_RETURN(const std::optional<std::string> oid, FindRelation(connection, leaf.table));
      if (!oid.has_value() && !part.reserve) {
        ASSIGN_OR_RETURN(const std::string suggestion, Suggest(connection, leaf.table));
        missing.push_back(absl::StrCat("line ", leaf.place.line, ": the leaf ",
                                       pg::DisplayName(leaf.table), " is not there", suggestion));
      }
      RETURN_IF_ERROR(Enter(connection, leaf, oid, {part.locked_by, "plan"}));
    }
  if (missing.empty()) return StoreRules(connection, parts);
  return BadPlan(
      absl::StrCat(absl::StrJoin(missing, "\n"),
                   "\nnext: make them, or lock with --reserve: then their names wait for them"));
}

absl::StatusOr<std::vector<BrokenRule>> BrokenRules(pg::Connection& connection) {
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Execute(
          "WITH hub AS (SELECT DISTINCT sub_hub FROM regraft.registry WHERE sub_hub IS NOT NULL "
          "UNION SELECT unnest(sub_hubs) FROM regraft.registry_rule) "
          "SELECT format('sub-hub %s has %s %s, not %s', hub.sub_hub, n.leaves, r.leaf_type, CASE "
          "WHEN r.most IS NULL THEN r.least || ' or more' WHEN r.least = r.most THEN r.least::text "
          "ELSE r.least || ' to ' || r.most END), n.leaves > coalesce(r.most, n.leaves) FROM "
          "regraft.registry_rule r JOIN hub ON "
          "r.sub_hubs = '{}' OR hub.sub_hub = ANY (r.sub_hubs), LATERAL (SELECT count(*) FROM "
          "regraft.registry l WHERE l.sub_hub = hub.sub_hub AND l.leaf_type = r.leaf_type AND "
          "l.parent IS NULL) AS n(leaves) WHERE n.leaves < r.least OR n.leaves > r.most ORDER BY "
          "hub.sub_hub, r.leaf_type"));
  std::vector<BrokenRule> broken;
  broken.reserve(static_cast<size_t>(found.rows()));
  for (int row = 0; row < found.rows(); ++row)
    broken.push_back({.words = found.Text(row, 0), .too_many = found.Bool(row, 1)});
  return broken;
}

absl::StatusOr<Registered> Register(pg::Connection& connection, const Registration& registration) {
  RETURN_IF_ERROR(CheckLeafType(registration.leaf_type));
  RETURN_IF_ERROR(ledger::Install(connection));
  Registered registered;
  const plan::Leaf leaf{.place = {},
                        .table = registration.table,
                        .sub_hub = registration.sub_hub,
                        .leaf_type = registration.leaf_type,
                        .path = registration.path,
                        .todo = {}};
  const auto work = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindLock(connection));
    for (const std::string& schema : lock.has_value() ? lock->schemas : std::vector<std::string>())
      registered.locked |= schema == leaf.table.schema;
    ASSIGN_OR_RETURN(const auto oid, FindRelation(connection, leaf.table));
    registered.exists = oid.has_value();
    ASSIGN_OR_RETURN(const pg::Result before,
                     connection.Query("SELECT leaf_type, sub_hub FROM regraft.registry WHERE "
                                      "(schema_name, relation_name) = ($1::name, $2::name)",
                                      {leaf.table.schema, leaf.table.name}));
    if (before.rows() > 0) registered.was = Classified(before.Text(0, 0), before.Text(0, 1));
    ASSIGN_OR_RETURN(const Permit permit, OpenPermit(connection, "regraft register"));
    RETURN_IF_ERROR(Enter(connection, leaf, oid, {registration.by, "register"}));
    RETURN_IF_ERROR(ClosePermit(connection, permit));
    ASSIGN_OR_RETURN(const std::vector<BrokenRule> broken, BrokenRules(connection));
    // Too few is what registering cures, one at a time.
    for (const BrokenRule& rule : broken)
      if (rule.too_many)
        return BadPlan(absl::StrCat(rule.words, "; the plan's lock.cardinality says so"));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(InTransaction(connection, {.seconds = 30, .say = [](const auto&) {}}, work));
  return registered;
}

absl::Status RegisterArchive(pg::Connection& connection, const pg::QualifiedName& archive,
                             const pg::QualifiedName& of, const std::string& by) {
  ASSIGN_OR_RETURN(const std::optional<LockState> lock, FindLock(connection));
  if (!lock.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto oid, FindRelation(connection, archive));
  // As if people had registered it: so that it stays what it is when the plan is locked again.
  return connection
      .Query(
          "INSERT INTO regraft.registry (relation, schema_name, relation_name, sub_hub, leaf_type, "
          "path, registered_by, origin) SELECT $1::oid, $2, $3, o.sub_hub, 'ARCHIVE', o.path, $6, "
          "'register' FROM regraft.registry o WHERE (o.schema_name, o.relation_name) = ($4::name, "
          "$5::name) AND o.sub_hub IS NOT NULL AND NOT EXISTS (SELECT FROM regraft.registry r "
          "WHERE (r.schema_name, r.relation_name) = ($2::name, $3::name))",
          {oid, archive.schema, archive.name, of.schema, of.name, by})
      .status();
}

absl::StatusOr<std::vector<LeafEntry>> ReadRegistry(pg::Connection& connection, bool count) {
  // By a query: a name look-up would fail for who may not use the schema.
  ASSIGN_OR_RETURN(
      const pg::Result exists,
      connection.Execute(
          "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
          "WHERE n.nspname = 'regraft' AND c.relname = 'registry')"));
  if (!exists.Bool(0, 0)) return std::vector<LeafEntry>();
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection.Execute(
          "SELECT format('%I.%I', r.schema_name, r.relation_name), r.sub_hub, r.leaf_type, r.path, "
          "r.parent::text, r.registered_by, r.origin, c.oid IS NOT NULL, r.frozen, CASE WHEN "
          "c.relkind IN ('r', 'm') AND c.reltuples >= 0 THEN c.reltuples::bigint END, "
          "coalesce(pg_total_relation_size(c.oid), 0), c.oid IS NOT NULL AND c.relkind IN ('r', "
          "'m', 'p', 'f') FROM regraft.registry r LEFT JOIN pg_class c ON c.oid = r.relation "
          "ORDER BY r.path COLLATE \"C\" NULLS LAST, r.leaf_type, 1"));
  std::vector<LeafEntry> leaves;
  for (int row = 0; row < found.rows(); ++row) {
    LeafEntry leaf{.name = found.Text(row, 0),
                   .sub_hub = found.Text(row, 1),
                   .leaf_type = found.Text(row, 2),
                   .path = found.Text(row, 3),
                   .parent = found.Text(row, 4),
                   .registered_by = found.Text(row, 5),
                   .origin = found.Text(row, 6),
                   .exists = found.Bool(row, 7),
                   .frozen = found.Bool(row, 8),
                   .rows = std::nullopt,
                   .bytes = found.Int64(row, 10)};
    if (!found.IsNull(row, 9)) leaf.rows = found.Int64(row, 9);
    if (count && found.Bool(row, 11)) {
      ASSIGN_OR_RETURN(const pg::Result rows,
                       connection.Execute("SELECT count(*) FROM " + leaf.name));
      leaf.rows = rows.Int64(0, 0);
    }
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

}  // namespace regraft::leaf_lock
