#include "engine/plan/write_audit.h"

#include "engine/plan/yaml_text.h"

#include "absl/strings/str_cat.h"

#include <array>
#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

// A table that nobody has named yet is null: with its todo that can be read.
std::string TableText(const pg::QualifiedName& name) {
  return name.name.empty() ? "~" : YamlScalar(pg::DisplayName(name));
}

std::string_view OtherKey(AuditKind kind) {
  if (kind == AuditKind::kReference) return "to";
  return kind == AuditKind::kAlignment ? "with" : "of";
}

void AddOther(const Audit& audit, YamlItem* item) {
  const std::string key(OtherKey(audit.kind));
  if (audit.other.has_value()) item->Add(key, TableText(*audit.other));
  item->AddText(key + "_where", audit.other_where);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const ColumnPair& pair : audit.join)
    pairs.emplace_back(pair.source, YamlScalar(pair.target));
  if (!pairs.empty()) item->Add("join", YamlFlowMap(pairs));
}

void AddDuplicate(const Audit& audit, YamlItem* item) {
  constexpr std::array<std::string_view, 3> kUnits = {"", "rows", "surplus"};
  if (audit.collation != "C") item->AddText("collation", audit.collation);
  if (audit.ignore_empty) item->Add("ignore_empty", "true");
  item->Add("count", kUnits[static_cast<size_t>(audit.unit)]);
}

}  // namespace

std::string WriteExpected(const ExpectedRows& expected) {
  if (expected.tolerance_rows == 0) return absl::StrCat(expected.rows);
  return absl::StrCat("{rows: ", expected.rows, ", tolerance: ", expected.tolerance_rows, "}");
}

std::string WriteAudit(const Audit& audit) {
  constexpr std::array<std::string_view, 3> kDirections = {"", "backward", "both"};
  YamlItem item("");
  item.Add(KindWord(audit.kind), audit.kind == AuditKind::kSql && !audit.name.empty()
                                     ? YamlScalar(audit.name)
                                     : TableText(audit.table));
  item.AddText("id", audit.id);
  item.AddText("where", audit.where);
  item.AddText("column", audit.column);
  if (audit.or_empty) item.Add("or_empty", "true");
  item.AddList("columns", audit.columns);
  AddOther(audit, &item);
  item.Add("direction", kDirections[static_cast<size_t>(audit.direction)]);
  if (audit.kind == AuditKind::kDuplicate) AddDuplicate(audit, &item);
  if (audit.min.has_value()) item.Add("min", absl::StrCat(*audit.min));
  if (audit.max.has_value()) item.Add("max", absl::StrCat(*audit.max));
  if (audit.within_seconds > 0) item.Add("within", YamlDuration(audit.within_seconds));
  item.AddList("values", audit.values);
  if (!audit.nulls) item.Add("nulls", "refuse");
  item.AddText("query", audit.query);
  const bool is_default = audit.expected.rows == 0 && audit.expected.tolerance_rows == 0;
  // With a todo, an audit that must say what it expects may not know it yet.
  if (!is_default || (audit.kind == AuditKind::kCount && audit.todo.empty()))
    item.Add("expect", WriteExpected(audit.expected));
  item.AddText("reason", audit.reason);
  item.AddLines("todo", audit.todo);
  return item.text();
}

std::string WriteLock(const Lock& lock) {
  std::string text = absl::StrCat("lock:\n  schemas: ", YamlList(lock.schemas), "\n");
  if (!lock.todo.empty()) {
    absl::StrAppend(&text, "  todo:\n");
    for (const std::string& todo : lock.todo)
      absl::StrAppend(&text, "  - ", YamlScalar(todo), "\n");
  }
  if (!lock.leaves.empty()) absl::StrAppend(&text, "  leaves:\n");
  for (const Leaf& leaf : lock.leaves) {
    std::vector<std::pair<std::string, std::string>> pairs = {
        {"table", TableText(leaf.table)}, {"sub_hub", YamlScalar(leaf.sub_hub)}};
    if (!leaf.leaf_type.empty()) pairs.emplace_back("leaf_type", leaf.leaf_type);
    if (!leaf.path.empty()) pairs.emplace_back("path", YamlScalar(leaf.path));
    if (!leaf.todo.empty()) pairs.emplace_back("todo", YamlList(leaf.todo));
    absl::StrAppend(&text, "  - ", YamlFlowMap(pairs), "\n");
  }
  if (!lock.cardinality.empty()) absl::StrAppend(&text, "  cardinality:\n");
  for (const LeafCardinality& rule : lock.cardinality) {
    std::vector<std::pair<std::string, std::string>> pairs = {{"leaf_type", rule.leaf_type},
                                                              {"min", absl::StrCat(rule.min)}};
    if (rule.max.has_value()) pairs.emplace_back("max", absl::StrCat(*rule.max));
    if (!rule.sub_hubs.empty()) pairs.emplace_back("sub_hubs", YamlList(rule.sub_hubs));
    absl::StrAppend(&text, "  - ", YamlFlowMap(pairs), "\n");
  }
  return text;
}

}  // namespace regraft::plan
