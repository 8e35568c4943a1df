#include "engine/plan/read_action.h"

#include "engine/base/status_macros.h"
#include "engine/plan/nearest_word.h"
#include "engine/plan/read_expected.h"
#include "engine/plan/read_question.h"
#include "engine/plan/read_rules.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <array>
#include <map>

namespace regraft::plan {
namespace {

constexpr std::array<KindName<ActionKind>, 8> kKinds = {{{ActionKind::kArchive, "archive"},
                                                         {ActionKind::kMove, "move"},
                                                         {ActionKind::kMerge, "merge"},
                                                         {ActionKind::kMergeJsonb, "merge_jsonb"},
                                                         {ActionKind::kMergeCols, "merge_cols"},
                                                         {ActionKind::kAddPk, "add_pk"},
                                                         {ActionKind::kKeepAsMv, "keep_as_mv"},
                                                         {ActionKind::kPending, "pending"}}};

std::vector<std::string_view> KindWords() {
  std::vector<std::string_view> words;
  words.reserve(kKinds.size());
  for (const auto& name : kKinds) words.push_back(name.word);
  return words;
}

// The key of the map that is a kind: it need not come first, although it reads best there.
std::optional<ActionKind> FindKind(const YAML::Node& node, Problems* problems) {
  std::optional<ActionKind> found;
  for (const auto& pair : node)
    for (const auto& name : kKinds) {
      if (!pair.first.IsScalar() || pair.first.Scalar() != name.word) continue;
      if (found.has_value())
        problems->Add(PlaceOf(pair.first),
                      absl::StrCat("an action has one kind, this one is also \"",
                                   AsAbsl(KindWord(*found)), "\""));
      found = name.kind;
    }
  if (found.has_value()) return found;
  const auto first = node.begin();
  const std::string typed =
      first != node.end() && first->first.IsScalar() ? first->first.Scalar() : "";
  problems->Add(PlaceOf(node), absl::StrCat("an action begins with its kind, not with \"", typed,
                                            "\"", SuggestWord(typed, KindWords())));
  return std::nullopt;
}

void ReadHazards(YamlMap* map, Action* action) {
  for (const std::string& hazard : map->TextList("allow")) {
    const std::vector<std::string_view> known = HazardNames();
    if (std::find(known.begin(), known.end(), hazard) == known.end())
      map->problems().Add(map->place(), absl::StrCat("there is no hazard \"", hazard, "\"",
                                                     SuggestWord(hazard, known)));
    action->allow.insert(hazard);
  }
}

// Within the options of a question about a table, {move: schema.name} says where that table goes.
void ReadNewName(YamlMap* map, const pg::QualifiedName* about, Action* action) {
  action->target = map->Relation("to", /*required=*/about == nullptr);
  if (about != nullptr && !action->target.has_value()) {
    action->target = action->source;
    action->source = *about;
  }
  action->view = map->Flag("view");
}

void ReadByKind(YamlMap* map, const pg::QualifiedName* about, Action* action) {
  switch (action->kind) {
    case ActionKind::kArchive:
    case ActionKind::kMove:
      ReadNewName(map, about, action);
      break;
    case ActionKind::kMerge:
      action->target = map->Relation("into", /*required=*/true);
      ReadMerge(map, action);
      break;
    case ActionKind::kMergeJsonb:
    case ActionKind::kMergeCols:
      action->target = map->Relation("into", /*required=*/true);
      ReadFold(map, action);
      break;
    case ActionKind::kAddPk:
      action->key = KeyRules{.column = map->Text("column", /*required=*/true),
                             .order_by = map->TextList("order_by")};
      break;
    case ActionKind::kKeepAsMv:
      break;
    case ActionKind::kPending:
      ReadQuestion(map, action);
      break;
  }
}

bool MovesRows(ActionKind kind) {
  return kind == ActionKind::kMerge || kind == ActionKind::kMergeJsonb ||
         kind == ActionKind::kMergeCols;
}

After ReadAfter(YamlMap* map) {
  constexpr std::array<After, 3> kValues = {After::kArchive, After::kKeep, After::kView};
  return kValues[map->Word("after", {"archive", "keep", "view"})];
}

std::optional<Action> ReadAction(const YAML::Node& node, const pg::QualifiedName* about,
                                 Problems* problems) {
  if (!node.IsMap()) {
    problems->Add(PlaceOf(node), "an action is a map, such as {archive: app.old, to: archive.old}");
    return std::nullopt;
  }
  const auto kind = FindKind(node, problems);
  if (!kind.has_value()) return std::nullopt;
  Action action{.kind = *kind};
  YamlMap map(node, absl::StrCat("the ", AsAbsl(KindWord(*kind)), " action"), problems);
  action.place = map.place();
  action.todo = map.TextList("todo");
  if (!action.todo.empty()) map.AllowMissing();
  if (const auto source = map.Relation(KindWord(*kind), /*required=*/true)) action.source = *source;
  action.id = map.Text("id");
  action.reason = map.Text("reason");
  action.expected = ReadExpected(&map, "expect_rows");
  ReadHazards(&map, &action);
  if (MovesRows(action.kind)) action.after = ReadAfter(&map);
  ReadByKind(&map, about, &action);
  map.Finish();
  return action;
}

}  // namespace

std::string_view KindWord(ActionKind kind) { return WordOf(kKinds, kind); }

std::vector<Action> ReadActions(const YAML::Node& list, const pg::QualifiedName* about,
                                Problems* problems) {
  std::vector<Action> actions;
  if (!list.IsSequence()) {
    problems->Add(PlaceOf(list), "\"actions\" must be a list of actions, each after a dash");
    return actions;
  }
  for (const auto& node : list)
    if (auto action = ReadAction(node, about, problems)) actions.push_back(*std::move(action));
  return actions;
}

void NameActions(std::vector<Action>* actions, Problems* problems) {
  std::map<std::string, Place> seen;
  for (Action& action : *actions) {
    if (action.id.empty())
      action.id = absl::StrCat(AsAbsl(KindWord(action.kind)), " ", pg::DisplayName(action.source));
    const auto [other, is_new] = seen.emplace(action.id, action.place);
    if (!is_new)
      problems->Add(action.place,
                    absl::StrCat("the id \"", action.id, "\" is that of the action in line ",
                                 other->second.line, " too; give one of them an \"id\""));
  }
}

}  // namespace regraft::plan
