#include "engine/plan/write_repair.h"

#include "engine/plan/write_audit.h"
#include "engine/plan/yaml_text.h"

#include "absl/strings/str_cat.h"

#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

// A table that nobody has named yet is null: with its todo that can be read.
std::string TableText(const pg::QualifiedName& name) {
  return name.name.empty() ? "~" : YamlScalar(pg::DisplayName(name));
}

std::string JoinText(const std::vector<ColumnPair>& join) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const ColumnPair& pair : join) pairs.emplace_back(pair.source, YamlScalar(pair.target));
  return YamlFlowMap(pairs);
}

std::string OtherKey(RepairKind kind) {
  if (kind == RepairKind::kBackfill) return "from";
  return kind == RepairKind::kMatchDomain ? "in" : "of";
}

std::string ReferenceLines(const std::vector<Reference>& references) {
  std::string lines;
  for (const Reference& reference : references)
    absl::StrAppend(&lines, "  - {table: ", TableText(reference.table),
                    ", join: ", JoinText(reference.join), "}\n");
  return lines;
}

}  // namespace

std::string WriteRepair(const Repair& repair) {
  YamlItem item("");
  item.Add(KindWord(repair.kind), TableText(repair.table));
  item.AddText("id", repair.id);
  item.AddText("where", repair.where);
  item.AddText("column", repair.column);
  if (repair.or_empty) item.Add("or_empty", "true");
  item.AddText("email", repair.email);
  const std::string key = OtherKey(repair.kind);
  if (repair.other.has_value()) item.Add(key, TableText(*repair.other));
  item.AddText(key + "_where", repair.other_where);
  item.AddText("domain", repair.domain);
  item.AddText("value", repair.value);
  if (!repair.join.empty()) item.Add("join", JoinText(repair.join));
  item.AddList("columns", repair.columns);
  if (!repair.collation.empty() && repair.collation != "C")
    item.AddText("collation", repair.collation);
  if (repair.ignore_empty) item.Add("ignore_empty", "true");
  item.AddList("order_by", repair.order_by);
  if (!repair.references.empty()) item.AddBlock("references", ReferenceLines(repair.references));
  if (repair.archive.has_value()) item.Add("archive", TableText(*repair.archive));
  if (repair.expected.has_value()) item.Add("expect_rows", WriteExpected(*repair.expected));
  item.AddList("allow", {repair.allow.begin(), repair.allow.end()});
  item.AddText("reason", repair.reason);
  item.AddLines("todo", repair.todo);
  return item.text();
}

}  // namespace regraft::plan
