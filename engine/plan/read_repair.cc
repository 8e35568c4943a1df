#include "engine/plan/read_repair.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"
#include "engine/plan/read_expected.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <utility>

namespace regraft::plan {
namespace {

constexpr std::array<KindName<RepairKind>, 5> kKinds = {
    {{RepairKind::kBackfill, "backfill"},
     {RepairKind::kExportDuplicates, "export_duplicates"},
     {RepairKind::kMatchDomain, "match_domain"},
     {RepairKind::kDedupe, "dedupe"},
     {RepairKind::kArchiveOrphans, "archive_orphans"}}};
// The others have nothing to do with repairs.
constexpr std::array<std::string_view, 2> kHazards = {kTriggerFires, kTriggersSuppressed};

void ReadOther(YamlMap* map, const std::string& key, Repair* repair) {
  repair->other = map->Relation(key, /*required=*/true);
  repair->other_where = map->Text(key + "_where");
}

void ReadValues(YamlMap* map, Repair* repair) {
  repair->columns = map->TextList("columns", /*required=*/true);
  repair->collation = map->Text("collation");
  if (repair->collation.empty()) repair->collation = "C";
  repair->ignore_empty = map->Flag("ignore_empty");
}

void ReadReferences(YamlMap* map, Repair* repair) {
  const auto list = map->Find("references");
  if (!list.has_value()) return;
  for (const YAML::Node& node : ReadMaps(*list, "\"references\"", &map->problems())) {
    YamlMap item(node, "a reference", &map->problems());
    Reference reference;
    if (const auto table = item.Relation("table", /*required=*/true)) reference.table = *table;
    reference.join = ReadJoin(&item);
    item.Finish();
    repair->references.push_back(std::move(reference));
  }
}

void ReadByKind(YamlMap* map, Repair* repair) {
  switch (repair->kind) {
    case RepairKind::kBackfill:
      repair->column = map->Text("column", /*required=*/true);
      repair->or_empty = map->Flag("or_empty");
      ReadOther(map, "from", repair);
      repair->value = map->Text("value");
      if (repair->value.empty()) repair->value = repair->column;
      repair->join = ReadJoin(map);
      break;
    case RepairKind::kExportDuplicates:
      ReadValues(map, repair);
      break;
    case RepairKind::kMatchDomain:
      repair->column = map->Text("column", /*required=*/true);
      repair->email = map->Text("email", /*required=*/true);
      ReadOther(map, "in", repair);
      repair->domain = map->Text("domain", /*required=*/true);
      repair->value = map->Text("value", /*required=*/true);
      break;
    case RepairKind::kDedupe:
      ReadValues(map, repair);
      repair->order_by = map->TextList("order_by", /*required=*/true);
      ReadReferences(map, repair);
      repair->archive = map->Relation("archive", /*required=*/true);
      break;
    case RepairKind::kArchiveOrphans:
      ReadOther(map, "of", repair);
      repair->join = ReadJoin(map);
      repair->archive = map->Relation("archive", /*required=*/true);
      break;
  }
}

void ReadHazards(YamlMap* map, Repair* repair) {
  const std::vector<std::string_view> known(kHazards.begin(), kHazards.end());
  for (const std::string& hazard : map->TextList("allow")) {
    if (std::find(known.begin(), known.end(), hazard) == known.end())
      map->problems().Add(map->place(), absl::StrCat("a repair has no hazard \"", hazard, "\"",
                                                     SuggestWord(hazard, known)));
    repair->allow.insert(hazard);
  }
}

std::optional<Repair> ReadRepair(const YAML::Node& node, Problems* problems) {
  const auto kind = FindKind(node, "a repair", kKinds, problems);
  if (!kind.has_value()) return std::nullopt;
  const std::string_view word = KindWord(*kind);
  Repair repair{.kind = *kind};
  YamlMap map(node, absl::StrCat("the ", AsAbsl(word), " repair"), problems);
  repair.place = map.place();
  repair.todo = map.TextList("todo");
  if (!repair.todo.empty()) map.AllowMissing();
  if (const auto table = map.Relation(word, /*required=*/true)) repair.table = *table;
  repair.id = map.Text("id");
  if (repair.id.empty()) repair.id = absl::StrCat(AsAbsl(word), " ", pg::DisplayName(repair.table));
  repair.reason = map.Text("reason");
  repair.expected = ReadExpected(&map, "expect_rows");
  repair.where = map.Text("where");
  ReadHazards(&map, &repair);
  ReadByKind(&map, &repair);
  map.Finish();
  return repair;
}

}  // namespace

std::string_view KindWord(RepairKind kind) { return WordOf(kKinds, kind); }

std::vector<Repair> ReadRepairs(const YAML::Node& list, Problems* problems) {
  return ReadItems(list, {"\"clean\"", "repair"}, problems, ReadRepair);
}

}  // namespace regraft::plan
