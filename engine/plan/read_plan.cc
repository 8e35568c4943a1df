#include "engine/plan/read_plan.h"

#include "engine/base/failure_kind.h"
#include "engine/plan/read_action.h"
#include "engine/plan/read_audit.h"
#include "engine/plan/read_lock.h"
#include "engine/plan/read_repair.h"
#include "engine/plan/yaml_map.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/yaml.h"

#include "absl/strings/str_cat.h"

#include <sstream>
#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

constexpr int64_t kFormatVersion = 1;
// Nobody writes such a plan, and every part of the program may then copy it freely.
constexpr size_t kPlanBytesMax = size_t{16} << 20;

ApprovalRules ReadApprovals(YamlMap* plan) {
  ApprovalRules rules;
  const auto node = plan->Find("approvals");
  if (!node.has_value()) return rules;
  YamlMap map(*node, "\"approvals\"", &plan->problems());
  rules.required = static_cast<int>(map.Whole("required", 1));
  if (rules.required < 1 || rules.required > 100)
    map.problems().Add(map.place(), "\"required\" is a number of approvals from 1 to 100");
  rules.not_by_planner = map.Flag("not_by_planner");
  map.Finish();
  return rules;
}

std::optional<Reconciliation> ReadReconciliation(YamlMap* plan) {
  const auto node = plan->Find("reconciliation");
  if (!node.has_value()) return std::nullopt;
  YamlMap map(*node, "\"reconciliation\"", &plan->problems());
  Reconciliation read{.declared = map.Whole("declared", 0),
                      .itemised = map.Whole("itemised", 0),
                      .acknowledged = map.Text("acknowledged")};
  map.Finish();
  return read;
}

std::vector<pg::QualifiedName> ReadUntouchable(YamlMap* plan) {
  std::vector<pg::QualifiedName> tables;
  const auto node = plan->Find("untouchable");
  if (!node.has_value()) return tables;
  if (!node->IsSequence())
    plan->problems().Add(PlaceOf(*node), "\"untouchable\" must be a list of tables");
  for (const auto& item : *node)
    if (auto name = ReadRelation(item, "an untouchable table", &plan->problems()))
      tables.push_back(*std::move(name));
  return tables;
}

// Without {table} all sources would get one name.
void ReadArchiveNames(YamlMap* plan, std::string* pattern) {
  const std::string text = plan->Text("archive_names");
  if (text.empty()) return;
  *pattern = text;
  if (text.find('.') == std::string::npos || text.find("{table}") == std::string::npos)
    plan->problems().Add(plan->place(),
                         absl::StrCat("\"archive_names\" is a schema and a name such as "
                                      "archive.{schema}_{table}, not \"",
                                      text, "\""));
}

std::vector<Replacement> ReadReplacements(YamlMap* map, std::string_view key) {
  std::vector<Replacement> replacements;
  for (const auto& [name, node] : map->Pairs(key))
    if (auto text = ReadScalar(node, absl::StrCat("the definition of ", name), &map->problems()))
      replacements.push_back({name, *std::move(text)});
  return replacements;
}

Preparation ReadPreparation(const YAML::Node& node, Problems* problems) {
  YamlMap map(node, "a preparation", problems);
  Preparation read{.place = map.place()};
  read.todo = map.TextList("todo");
  if (!read.todo.empty()) map.AllowMissing();
  if (const auto table = map.Relation("table", /*required=*/true)) read.table = *table;
  for (const Replacement& column : ReadReplacements(&map, "add_columns"))
    read.add_columns.push_back({column.name, column.definition});
  read.drop_not_null = map.TextList("drop_not_null");
  read.replace_checks = ReadReplacements(&map, "replace_check");
  read.replace_unique_indexes = ReadReplacements(&map, "replace_unique_index");
  map.Finish();
  return read;
}

std::vector<Preparation> ReadPreparations(YamlMap* plan) {
  std::vector<Preparation> preparations;
  const auto node = plan->Find("prepare");
  if (!node.has_value()) return preparations;
  if (!node->IsSequence())
    plan->problems().Add(PlaceOf(*node), "\"prepare\" must be a list, each after a dash");
  for (const auto& item : *node) preparations.push_back(ReadPreparation(item, &plan->problems()));
  return preparations;
}

// Events are not looked at: only that a document has been parsed.
class Ignore : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Counts to two, and not with YAML::LoadAll: after a stray comma yaml-cpp 0.7 finds empty documents
// without end.
int CountDocuments(const std::string& text) {
  constexpr int kEnough = 2;
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Ignore ignore;
  int documents = 0;
  while (documents < kEnough && parser.HandleNextDocument(ignore)) ++documents;
  return documents;
}

Plan ReadDocument(const YAML::Node& document, Problems* problems) {
  Plan plan;
  YamlMap map(document, "the plan", problems);
  map.Require("regraft");
  const int64_t version = map.Whole("regraft", kFormatVersion);
  if (version != kFormatVersion)
    problems->Add(map.place(), absl::StrCat("this program reads plans of format 1, not ", version));
  plan.name = map.Text("name");
  plan.approvals = ReadApprovals(&map);
  plan.lifetime_seconds = map.Duration("lifetime", plan.lifetime_seconds);
  plan.reconciliation = ReadReconciliation(&map);
  plan.untouchable = ReadUntouchable(&map);
  ReadArchiveNames(&map, &plan.archive_names);
  plan.preparations = ReadPreparations(&map);
  if (const auto actions = map.Require("actions")) {
    plan.actions = ReadActions(*actions, nullptr, problems);
    NameActions(&plan.actions, problems);
  }
  if (const auto audits = map.Find("audits")) plan.audits = ReadAudits(*audits, problems);
  if (const auto clean = map.Find("clean")) plan.repairs = ReadRepairs(*clean, problems);
  if (const auto lock = map.Find("lock")) plan.lock = ReadLock(*lock, problems);
  map.Finish();
  return plan;
}

}  // namespace

absl::StatusOr<Plan> ReadPlan(const std::string& text, const std::string& file) try {
  Problems problems(file);
  if (text.size() > kPlanBytesMax)
    return BadPlan(absl::StrCat(file, ": ", text.size(), " bytes are too many for a plan"));
  if (const int documents = CountDocuments(text); documents != 1)
    return BadPlan(absl::StrCat(file, ": expected one YAML document, found ",
                                documents == 0 ? "none" : "more"));
  Plan plan = ReadDocument(YAML::Load(text), &problems);
  if (absl::Status status = problems.status(); !status.ok()) return status;
  return plan;
} catch (const YAML::Exception& error) {
  return BadPlan(absl::StrCat(file, ":", error.mark.line + 1, ":", error.mark.column + 1,
                              ": not YAML: ", error.msg));
}

}  // namespace regraft::plan
