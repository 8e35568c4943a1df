#include "engine/plan/write_plan.h"

#include "engine/plan/write_audit.h"
#include "engine/plan/write_repair.h"
#include "engine/plan/yaml_text.h"

#include "absl/strings/str_cat.h"

#include <array>
#include <utility>

namespace regraft::plan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string TableText(const pg::QualifiedName& name) {
  return name.name.empty() ? "~" : YamlScalar(pg::DisplayName(name));
}

void AddPairs(std::string_view key, const Pairs& pairs, YamlItem* item) {
  if (!pairs.empty()) item->Add(key, YamlFlowMap(pairs));
}

std::string WriteValueMap(const ValueMap& map) {
  Pairs values;
  for (const auto& [from, to] : map.pairs)
    values.emplace_back(from, to.has_value() ? YamlScalar(*to) : "~");
  if (map.when_null.has_value()) values.emplace_back("\\N", YamlScalar(*map.when_null));
  if (map.otherwise.has_value()) values.emplace_back("*", YamlScalar(*map.otherwise));
  return YamlFlowMap({{"from", YamlScalar(map.source)}, {"values", YamlFlowMap(values)}});
}

std::string WriteFill(const Fill& fill) {
  const std::string value = YamlScalar(fill.value);
  return fill.is_sql ? absl::StrCat("{sql: ", value, "}") : value;
}

void AddMerge(const MergeRules& rules, YamlItem* item) {
  const Mapping& mapping = rules.mapping;
  Pairs set, columns, maps, fills, zones;
  for (const Constant& each : mapping.constants)
    set.emplace_back(each.column, YamlScalar(each.value));
  for (const ColumnPair& pair : mapping.columns)
    columns.emplace_back(pair.source, YamlScalar(pair.target));
  for (const ValueMap& map : mapping.value_maps) maps.emplace_back(map.target, WriteValueMap(map));
  for (const Fill& fill : mapping.fills) fills.emplace_back(fill.column, WriteFill(fill));
  for (const ZonedColumn& zoned : mapping.zones)
    zones.emplace_back(zoned.column, YamlScalar(zoned.zone));
  AddPairs("set", set, item);
  AddPairs("columns", columns, item);
  AddPairs("map", maps, item);
  AddPairs("fill", fills, item);
  AddPairs("zones", zones, item);
  item->AddText("overflow", mapping.overflow);
  item->AddText("where", mapping.where);
  if (mapping.mint_keys) item->Add("keys", "mint");
  if (rules.conflict == Conflict::kRemainder) item->Add("conflict", "remainder");
}

void AddFold(const FoldRules& rules, YamlItem* item) {
  Pairs join;
  for (const JoinColumn& each : rules.join) {
    if (each.sql.empty())
      join.emplace_back(each.source, YamlScalar(each.target));
    else
      join.emplace_back(each.target, absl::StrCat("{sql: ", YamlScalar(each.sql), "}"));
  }
  AddPairs("join", join, item);
  item->AddText("column", rules.column);
  item->AddText("prefix", rules.prefix);
  if (rules.several == Several::kArray) item->Add("several", "array");
  if (rules.unmatched == Conflict::kRemainder) item->Add("unmatched", "remainder");
}

std::string WriteAction(const Action& action, const std::string& indent);

void AddQuestion(const Question& question, YamlItem* item) {
  item->AddText("question", question.text);
  const std::string below = item->indent() + "    ";
  std::string options;
  for (const Option& option : question.options) {
    absl::StrAppend(&options, below, YamlScalar(option.word), ":",
                    option.actions.empty() ? " keep\n" : "\n");
    for (const Action& action : option.actions)
      absl::StrAppend(&options, WriteAction(action, below));
  }
  item->AddBlock("options", options);
  if (question.answer.has_value())
    item->Add("answer", YamlFlowMap({{"choose", YamlScalar(question.answer->choice)},
                                     {"by", YamlScalar(question.answer->by)},
                                     {"reason", YamlScalar(question.answer->reason)}}));
}

void AddTarget(const Action& action, YamlItem* item) {
  if (!action.target.has_value()) return;
  const bool renames = action.kind == ActionKind::kArchive || action.kind == ActionKind::kMove;
  item->Add(renames ? "to" : "into", TableText(*action.target));
}

std::string WriteAction(const Action& action, const std::string& indent) {
  constexpr std::array<std::string_view, 3> kAfters = {"", "keep", "view"};
  YamlItem item(indent);
  item.Add(KindWord(action.kind), TableText(action.source));
  item.AddText("id", action.id);
  AddTarget(action, &item);
  if (action.view) item.Add("view", "true");
  if (action.merge.has_value()) AddMerge(*action.merge, &item);
  if (action.fold.has_value()) AddFold(*action.fold, &item);
  if (action.key.has_value()) {
    item.AddText("column", action.key->column);
    item.AddList("order_by", action.key->order_by);
  }
  if (action.question.has_value()) AddQuestion(*action.question, &item);
  if (action.remainder.has_value()) item.Add("remainder", TableText(*action.remainder));
  item.Add("after", kAfters[static_cast<size_t>(action.after)]);
  item.AddList("allow", {action.allow.begin(), action.allow.end()});
  if (action.expected.has_value()) item.Add("expect_rows", WriteExpected(*action.expected));
  item.AddText("reason", action.reason);
  item.AddLines("todo", action.todo);
  return item.text();
}

std::string WritePreparation(const Preparation& preparation) {
  Pairs columns, checks, indexes;
  for (const AddedColumn& added : preparation.add_columns)
    columns.emplace_back(added.column, YamlScalar(added.type));
  for (const Replacement& check : preparation.replace_checks)
    checks.emplace_back(check.name, YamlScalar(check.definition));
  for (const Replacement& index : preparation.replace_unique_indexes)
    indexes.emplace_back(index.name, YamlScalar(index.definition));
  YamlItem item("");
  item.Add("table", TableText(preparation.table));
  AddPairs("add_columns", columns, &item);
  item.AddList("drop_not_null", preparation.drop_not_null);
  AddPairs("replace_check", checks, &item);
  AddPairs("replace_unique_index", indexes, &item);
  item.AddLines("todo", preparation.todo);
  return item.text();
}

void AppendComments(const std::vector<std::string>& lines, std::string* text) {
  for (const std::string& line : lines)
    absl::StrAppend(text, line.empty() ? "#" : "# ", line, "\n");
}

std::string WriteHead(const Plan& plan, const PlanComments& comments) {
  const int64_t default_lifetime = Plan{}.lifetime_seconds;
  std::string text;
  AppendComments(comments.head, &text);
  absl::StrAppend(&text, "regraft: 1\n");
  if (!plan.name.empty()) absl::StrAppend(&text, "name: ", YamlScalar(plan.name), "\n");
  if (plan.approvals.required != 1 || plan.approvals.not_by_planner)
    absl::StrAppend(&text, "approvals: {required: ", plan.approvals.required,
                    plan.approvals.not_by_planner ? ", not_by_planner: true" : "", "}\n");
  if (plan.lifetime_seconds != default_lifetime)
    absl::StrAppend(&text, "lifetime: ", YamlDuration(plan.lifetime_seconds), "\n");
  if (!plan.reconciliation.has_value()) return text;
  AppendComments(comments.reconciliation, &text);
  absl::StrAppend(&text, "reconciliation: {declared: ", plan.reconciliation->declared,
                  ", itemised: ", plan.reconciliation->itemised,
                  ", acknowledged: ", YamlScalar(plan.reconciliation->acknowledged), "}\n");
  return text;
}

}  // namespace

std::string WritePlan(const Plan& plan, const PlanComments& comments) {
  std::string text = WriteHead(plan, comments);
  if (plan.archive_names != Plan().archive_names)
    absl::StrAppend(&text, "archive_names: ", YamlScalar(plan.archive_names), "\n");
  if (!plan.untouchable.empty()) {
    std::vector<std::string> names;
    for (const pg::QualifiedName& name : plan.untouchable) names.push_back(pg::DisplayName(name));
    absl::StrAppend(&text, "untouchable: ", YamlList(names), "\n");
  }
  if (!plan.preparations.empty()) absl::StrAppend(&text, "prepare:\n");
  for (const Preparation& preparation : plan.preparations)
    absl::StrAppend(&text, WritePreparation(preparation));
  absl::StrAppend(&text, plan.actions.empty() ? "actions: []\n" : "actions:\n");
  for (size_t i = 0; i < plan.actions.size(); ++i) {
    if (i < comments.actions.size()) AppendComments(comments.actions[i], &text);
    absl::StrAppend(&text, WriteAction(plan.actions[i], ""));
  }
  if (!plan.audits.empty()) absl::StrAppend(&text, "audits:\n");
  for (const Audit& audit : plan.audits) absl::StrAppend(&text, WriteAudit(audit));
  if (!plan.repairs.empty()) absl::StrAppend(&text, "clean:\n");
  for (const Repair& repair : plan.repairs) absl::StrAppend(&text, WriteRepair(repair));
  if (plan.lock.has_value()) absl::StrAppend(&text, WriteLock(*plan.lock));
  return text;
}

}  // namespace regraft::plan
