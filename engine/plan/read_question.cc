#include "engine/plan/read_question.h"

#include "engine/plan/read_action.h"

#include <string>
#include <utility>
#include <vector>

namespace regraft::plan {
namespace {

// keep, or an action of its own, or a list of them.
Option ReadOption(const std::string& word, const YAML::Node& node, const pg::QualifiedName& table,
                  Problems* problems) {
  Option option{.word = word, .actions = {}};
  if (node.IsScalar() && node.Scalar() == "keep") return option;
  if (node.IsSequence()) {
    option.actions = ReadActions(node, &table, problems);
    return option;
  }
  YAML::Node list(YAML::NodeType::Sequence);
  list.push_back(node);
  option.actions = ReadActions(list, &table, problems);
  return option;
}

void ReadAnswer(YamlMap* map, Question* question) {
  const auto node = map->Find("answer");
  if (!node.has_value()) return;
  YamlMap answer(*node, "\"answer\"", &map->problems());
  std::vector<std::string_view> words;
  for (const Option& option : question->options) words.push_back(option.word);
  answer.Require("choose");
  const size_t choice = answer.Word("choose", words);
  Answer read{.choice = words.empty() ? "" : std::string(words[choice]),
              .by = answer.Text("by", /*required=*/true),
              .reason = answer.Text("reason", /*required=*/true)};
  answer.Finish();
  question->answer = std::move(read);
}

}  // namespace

void ReadQuestion(YamlMap* map, Action* action) {
  Question question{.text = map->Text("question", /*required=*/true), .options = {}, .answer = {}};
  for (const auto& [word, node] : map->Pairs("options"))
    question.options.push_back(ReadOption(word, node, action->source, &map->problems()));
  ReadAnswer(map, &question);
  action->question = std::move(question);
}

}  // namespace regraft::plan
