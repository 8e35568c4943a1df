#include "engine/plan/read_audit.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"
#include "engine/plan/read_expected.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <array>
#include <map>
#include <string>
#include <utility>

namespace regraft::plan {
namespace {

struct KindName {
  AuditKind kind;
  std::string_view word;
};
constexpr std::array<KindName, 10> kKinds = {{{AuditKind::kNull, "null"},
                                              {AuditKind::kDuplicate, "duplicate"},
                                              {AuditKind::kOrphan, "orphan"},
                                              {AuditKind::kReference, "reference"},
                                              {AuditKind::kCount, "count"},
                                              {AuditKind::kAlignment, "alignment"},
                                              {AuditKind::kCardinality, "cardinality"},
                                              {AuditKind::kFreshness, "freshness"},
                                              {AuditKind::kAcceptedValues, "accepted_values"},
                                              {AuditKind::kSql, "sql"}}};

// A duplicate's `count:` is a key of it too: the kind is the audit's first word, as it is written.
std::optional<AuditKind> FindKind(const YAML::Node& node, Problems* problems) {
  const auto first = node.begin();
  const std::string typed = first == node.end() ? "" : KeyText(first->first).value_or("");
  std::vector<std::string_view> words;
  for (const KindName& name : kKinds) {
    if (name.word == typed) return name.kind;
    words.push_back(name.word);
  }
  problems->Add(PlaceOf(node), absl::StrCat("an audit begins with its kind, not with \"", typed,
                                            "\"", SuggestWord(typed, words)));
  return std::nullopt;
}

void ReadOther(YamlMap* map, const std::string& key, Audit* audit) {
  audit->other = map->Relation(key, /*required=*/true);
  audit->other_where = map->Text(key + "_where");
}

void ReadJoin(YamlMap* map, Audit* audit) {
  for (const auto& [column, node] : map->Pairs("join"))
    if (auto other = ReadScalar(node, "the other table's column", &map->problems()))
      audit->join.push_back({column, *std::move(other)});
  if (audit->join.empty() && !map->lenient())
    map->problems().Add(map->place(),
                        absl::StrCat(map->what(), " needs \"join\", such as {person_id: id}"));
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
  ReadJoin(map, audit);
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
  ReadJoin(map, audit);
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
      ReadJoin(map, audit);
      break;
    case AuditKind::kCount:
      map->Require("expect");
      break;
    case AuditKind::kAlignment:
      ReadOther(map, "with", audit);
      ReadJoin(map, audit);
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

std::optional<Audit> ReadAudit(const YAML::Node& node, Problems* problems) {
  if (!node.IsMap()) {
    problems->Add(PlaceOf(node), "an audit is a map, such as {count: app.orders, expect: 1000}");
    return std::nullopt;
  }
  const auto kind = FindKind(node, problems);
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
  return audit;
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

}  // namespace

std::string_view KindWord(AuditKind kind) {
  for (const KindName& name : kKinds)
    if (name.kind == kind) return name.word;
  return "";
}

std::vector<Audit> ReadAudits(const YAML::Node& list, Problems* problems) {
  std::vector<Audit> audits;
  std::map<std::string, Place> seen;
  for (const YAML::Node& node : ReadMaps(list, "\"audits\"", problems)) {
    auto audit = ReadAudit(node, problems);
    if (!audit.has_value()) continue;
    if (audit->id.empty()) audit->id = NameOf(*audit);
    const auto [other, is_new] = seen.emplace(audit->id, audit->place);
    if (!is_new)
      problems->Add(audit->place,
                    absl::StrCat("the id \"", audit->id, "\" is that of the audit in line ",
                                 other->second.line, " too; give one of them an \"id\""));
    audits.push_back(*std::move(audit));
  }
  return audits;
}

}  // namespace regraft::plan
