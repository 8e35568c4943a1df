// The members of a saved plan's values and their names in the file: the one list that both writing
// and reading follow. A structured binding names every member of its struct, so that a member that
// is added to saved_plan.h and forgotten here does not compile.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <type_traits>

namespace regraft::saved_plan {

// `T` is a value of saved_plan.h, const or not; `visit(name, member)` is called once per member.
template <typename T, typename Value>
concept Is = std::is_same_v<std::remove_const_t<T>, Value>;

template <Is<Statement> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [sql, undo, why] = value;
  visit("sql", sql);
  visit("undo", undo);
  visit("why", why);
}

template <Is<ColumnHome> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [column, type, how, home, home_type, inverse] = value;
  visit("column", column);
  visit("type", type);
  visit("how", how);
  visit("home", home);
  visit("home_type", home_type);
  visit("inverse", inverse);
}

template <Is<FilledColumn> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [column, type, filled] = value;
  visit("column", column);
  visit("type", type);
  visit("value", filled);
}

template <Is<RemainderReason> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [reason, rows, example] = value;
  visit("reason", reason);
  visit("rows", rows);
  visit("example", example);
}

template <Is<Dependent> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [dependency_class, kind, name, effect] = value;
  visit("class", dependency_class);
  visit("kind", kind);
  visit("name", name);
  visit("effect", effect);
}

template <Is<Lock> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [relation, mode, duration] = value;
  visit("relation", relation);
  visit("mode", mode);
  visit("duration", duration);
}

template <Is<Finding> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [kind, code, text, remedy] = value;
  visit("kind", kind);
  visit("code", code);
  visit("text", text);
  visit("remedy", remedy);
}

template <Is<After> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [id, reason] = value;
  visit("id", id);
  visit("reason", reason);
}

template <Is<SavedAction> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [id, kind, source, target, reason, source_oid, target_oid, method, state, blocked_by, rows,
         bytes, estimated, expected_rows, digest, discriminator, source_after, after, statements,
         homes, filled, forward, inverse, proved, remainder, remainder_table, kept, dependents,
         locks, findings, options] = value;
  visit("id", id);
  visit("kind", kind);
  visit("source", source);
  visit("target", target);
  visit("reason", reason);
  visit("source_oid", source_oid);
  visit("target_oid", target_oid);
  visit("method", method);
  visit("state", state);
  visit("blocked_by", blocked_by);
  visit("rows", rows);
  visit("bytes", bytes);
  visit("estimated", estimated);
  visit("expected_rows", expected_rows);
  visit("digest", digest);
  visit("discriminator", discriminator);
  visit("source_after", source_after);
  visit("after", after);
  visit("statements", statements);
  visit("homes", homes);
  visit("filled", filled);
  visit("forward", forward);
  visit("inverse", inverse);
  visit("proved", proved);
  visit("remainder", remainder);
  visit("remainder_table", remainder_table);
  visit("kept", kept);
  visit("dependents", dependents);
  visit("locks", locks);
  visit("findings", findings);
  visit("options", options);
}

template <Is<SavedPreparation> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [table, statements, findings] = value;
  visit("table", table);
  visit("statements", statements);
  visit("findings", findings);
}

template <Is<RelationFingerprint> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [oid, relation, facts] = value;
  visit("oid", oid);
  visit("relation", relation);
  visit("facts", facts);
}

template <Is<SavedAnswer> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [id, choice, by, reason] = value;
  visit("id", id);
  visit("choice", choice);
  visit("by", by);
  visit("reason", reason);
}

template <Is<SavedPlan> T, typename Visit>
void Members(T& value, const Visit& visit) {
  auto& [format, tool, name, plan_text, system_identifier, database, database_oid, server_version,
         planner, approvals_required, not_by_planner, lifetime_seconds, answers, preparations,
         actions, findings, fingerprint, sha256] = value;
  visit("format", format);
  visit("tool", tool);
  visit("name", name);
  visit("plan_text", plan_text);
  visit("system_identifier", system_identifier);
  visit("database", database);
  visit("database_oid", database_oid);
  visit("server_version", server_version);
  visit("planner", planner);
  visit("approvals_required", approvals_required);
  visit("not_by_planner", not_by_planner);
  visit("lifetime_seconds", lifetime_seconds);
  visit("answers", answers);
  visit("preparations", preparations);
  visit("actions", actions);
  visit("findings", findings);
  visit("fingerprint", fingerprint);
  visit("sha256", sha256);
}

}  // namespace regraft::saved_plan
