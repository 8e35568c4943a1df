#include "engine/plan/read_audit.h"

#include "engine/base/status_macros.h"
#include "engine/plan/read_expected.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <array>
#include <string>

namespace regraft::plan {
namespace {

constexpr std::array<KindName<AuditKind>, 10> kKinds = {
    {{AuditKind::kNull, "null"},
     {AuditKind::kDuplicate, "duplicate"},
     {AuditKind::kOrphan, "orphan"},
     {AuditKind::kReference, "reference"},
     {AuditKind::kCount, "count"},
     {AuditKind::kAlignment, "alignment"},
     {AuditKind::kCardinality, "cardinality"},
     {AuditKind::kFreshness, "freshness"},
     {AuditKind::kAcceptedValues, "accepted_values"},
     {AuditKind::kSql, "sql"}}};

void ReadOther(YamlMap* map, const std::string& key, Audit* audit) {
  audit->other = map->Relation(key, /*required=*/true);
  audit->other_where = map->Text(key + "_where");
}

std::optional<int64_t> ReadBound(YamlMap* map, std::string_view key) {
  const auto node = map->Find(key);
  return node.has_value() ? std::optional(map->Whole(key, 0)) : std::nullopt;
}

void ReadCardinality(YamlMap* map, Audit* audit) {
  audit->columns = map->TextList("columns", /*required=*/true);
  audit->min = ReadBound(map, "min");
  audit->max = ReadBound(map, "max");
  if (!audit->min.has_value() && !audit->max.has_value() && !map->lenient())
    map->problems().Add(map->place(), absl::StrCat(map->what(), " needs \"min\" or \"max\""));
  if (audit->min.has_value() && audit->max.has_value() && *audit->min > *audit->max)
    map->problems().Add(map->place(), "\"min\" is greater than \"max\"");
  if (!map->Find("of").has_value()) return;
  ReadOther(map, "of", audit);
  audit->join = ReadJoin(map);
}

void ReadDuplicate(YamlMap* map, Audit* audit) {
  constexpr std::array<DuplicateUnit, 3> kUnits = {DuplicateUnit::kGroups, DuplicateUnit::kRows,
                                                   DuplicateUnit::kSurplus};
  audit->columns = map->TextList("columns", /*required=*/true);
  audit->collation = map->Text("collation");
  if (audit->collation.empty()) audit->collation = "C";
  audit->ignore_empty = map->Flag("ignore_empty");
  audit->unit = kUnits[map->Word("count", {"groups", "rows", "surplus"})];
}

void ReadOrphan(YamlMap* map, Audit* audit) {
  constexpr std::array<Direction, 3> kDirections = {Direction::kForward, Direction::kBackward,
                                                    Direction::kBoth};
  ReadOther(map, "of", audit);
  audit->join = ReadJoin(map);
  audit->direction = kDirections[map->Word("direction", {"forward", "backward", "both"})];
}

void ReadAccepted(YamlMap* map, Audit* audit) {
  audit->column = map->Text("column", /*required=*/true);
  audit->values = map->TextList("values", /*required=*/true);
  audit->nulls = map->Word("nulls", {"accept", "refuse"}) == 0;
}

void ReadFreshness(YamlMap* map, Audit* audit) {
  audit->column = map->Text("column", /*required=*/true);
  map->Require("within");
  audit->within_seconds = map->Duration("within", 0);
}

void ReadByKind(YamlMap* map, Audit* audit) {
  switch (audit->kind) {
    case AuditKind::kNull:
      audit->column = map->Text("column", /*required=*/true);
      audit->or_empty = map->Flag("or_empty");
      break;
    case AuditKind::kDuplicate:
      ReadDuplicate(map, audit);
      break;
    case AuditKind::kOrphan:
      ReadOrphan(map, audit);
      break;
    case AuditKind::kReference:
      ReadOther(map, "to", audit);
      audit->join = ReadJoin(map);
      break;
    case AuditKind::kCount:
      map->Require("expect");
      break;
    case AuditKind::kAlignment:
      ReadOther(map, "with", audit);
      audit->join = ReadJoin(map);
      break;
    case AuditKind::kCardinality:
      ReadCardinality(map, audit);
      break;
    case AuditKind::kFreshness:
      ReadFreshness(map, audit);
      break;
    case AuditKind::kAcceptedValues:
      ReadAccepted(map, audit);
      break;
    case AuditKind::kSql:
      audit->query = map->Text("query", /*required=*/true);
      break;
  }
}

// An audit without an id has the name of what it looks at.
std::string NameOf(const Audit& audit) {
  std::string name =
      absl::StrCat(AsAbsl(KindWord(audit.kind)), " ",
                   audit.kind == AuditKind::kSql ? audit.name : pg::DisplayName(audit.table));
  if (!audit.column.empty()) absl::StrAppend(&name, " ", audit.column);
  for (const std::string& column : audit.columns) absl::StrAppend(&name, " ", column);
  return name;
}

std::optional<Audit> ReadAudit(const YAML::Node& node, Problems* problems) {
  if (!node.IsMap()) {
    problems->Add(PlaceOf(node), "an audit is a map, such as {count: app.orders, expect: 1000}");
    return std::nullopt;
  }
  const auto kind = FindKind(node, "an audit", kKinds, problems);
  if (!kind.has_value()) return std::nullopt;
  const std::string_view word = KindWord(*kind);
  Audit audit{.kind = *kind};
  YamlMap map(node, absl::StrCat("the ", AsAbsl(word), " audit"), problems);
  audit.place = map.place();
  audit.todo = map.TextList("todo");
  if (!audit.todo.empty()) map.AllowMissing();
  if (*kind == AuditKind::kSql)
    audit.name = map.Text(word, /*required=*/true);
  else if (const auto table = map.Relation(word, /*required=*/true))
    audit.table = *table;
  audit.id = map.Text("id");
  audit.reason = map.Text("reason");
  if (*kind != AuditKind::kFreshness)
    audit.expected = ReadExpected(&map, "expect").value_or(ExpectedRows{});
  if (*kind != AuditKind::kSql) audit.where = map.Text("where");
  ReadByKind(&map, &audit);
  map.Finish();
  if (audit.id.empty()) audit.id = NameOf(audit);
  return audit;
}

}  // namespace

std::string_view KindWord(AuditKind kind) { return WordOf(kKinds, kind); }

std::vector<Audit> ReadAudits(const YAML::Node& list, Problems* problems) {
  return ReadItems(list, {"\"audits\"", "audit"}, problems, ReadAudit);
}

}  // namespace regraft::plan
