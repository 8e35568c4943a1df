// What a row says of the columns: discriminators, joins, keys; and of a question's options.
#include "engine/base/status_macros.h"
#include "engine/document/row_action.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <string>
#include <utility>

namespace regraft::document {
namespace {

using plan::ActionKind;

std::string ValueOf(const Text& cell) {
  return cell.codes.empty() ? cell.plain : cell.codes[0].text;
}

// "source_hub Value": the column of whose values the table speaks.
std::string DiscriminatorColumn(const RowView& row) {
  const auto column = row.view.Column(Role::kDiscriminator);
  if (!column.has_value()) return row.sentences.discriminator;
  const Text& head = row.view.table->head[*column];
  if (!head.codes.empty()) return head.codes[0].text;
  std::vector<std::string> words = Words(head.plain);
  words.erase(std::remove_if(words.begin(), words.end(),
                             [](const std::string& word) {
                               return word == "value" || word == "values" ||
                                      word == "discriminator";
                             }),
              words.end());
  return words.empty() ? row.sentences.discriminator : absl::StrJoin(words, "_");
}

// "person_id = id", each side perhaps with its table in front.
std::optional<plan::JoinColumn> ReadJoin(const Text& cell) {
  const std::vector<std::string> sides = absl::StrSplit(ValueOf(cell), '=');
  if (sides.size() > 2 || sides[0].empty()) return std::nullopt;
  const auto last_part = [](const std::string& side) {
    const std::vector<std::string> parts = absl::StrSplit(side, '.');
    return std::string(absl::StripAsciiWhitespace(parts.back()));
  };
  const std::string source = last_part(sides[0]), target = last_part(sides.back());
  if (!AsName(source).has_value() || !AsName(target).has_value()) return std::nullopt;
  return plan::JoinColumn{.target = target, .source = source, .sql = ""};
}

// "keep", "move to `app.urls`", "archive as `old.urls`".
plan::Option ReadOption(const Text& text, const pg::QualifiedName& table, bool* understood) {
  plan::Option option;
  const auto names = QualifiedNamesIn(text);
  const auto words = Words(text.plain);
  option.word = words.empty() ? "" : words[0];
  const auto kind = KindInWords(WithoutNames(text));
  const bool keeps = !words.empty() && (words[0] == "keep" || words[0] == "stay" ||
                                        words[0] == "leave" || words[0] == "nothing");
  *understood =
      keeps || (names.size() == 1 && (kind == ActionKind::kMove || kind == ActionKind::kArchive));
  if (keeps || !*understood) return option;
  plan::Action action{.kind = *kind};
  action.source = table;
  action.target = names[0];
  if (table.schema.empty()) action.todo.emplace_back("which table? its question says what is open");
  option.actions.push_back(std::move(action));
  return option;
}

// The cell's pieces between semicolons or commas, each with its own codes.
std::vector<Text> Pieces(const Text& cell) {
  std::vector<Text> pieces;
  size_t from = 0;
  while (from <= cell.plain.size()) {
    const size_t to = std::min(cell.plain.find_first_of(",;", from), cell.plain.size());
    Text piece{.plain = "", .codes = {}, .line = cell.line};
    piece.plain = std::string(
        absl::StripAsciiWhitespace(absl::string_view(cell.plain).substr(from, to - from)));
    for (const Code& code : cell.codes)
      if (code.at >= from && code.at < to) piece.codes.push_back({code.text, 0});
    if (!piece.plain.empty()) pieces.push_back(std::move(piece));
    from = to + 1;
  }
  return pieces;
}

}  // namespace

void FillMerge(const RowView& row, plan::Action* action) {
  action->merge.emplace();
  const std::string column = DiscriminatorColumn(row);
  const std::string value = ValueOf(row.Cell(Role::kDiscriminator));
  if (column.empty()) {
    action->todo.emplace_back(
        "set: the document gives no discriminator: by which column, with which value, are these "
        "rows known later?");
  } else if (SaysNothing(value)) {
    action->todo.push_back(
        absl::StrCat("set: the document gives no value of ", column, " for this source"));
  } else {
    action->merge->mapping.constants.push_back({column, value});
  }
}

void FillFold(const RowView& row, plan::Action* action) {
  action->fold.emplace();
  if (const auto join = ReadJoin(row.Cell(Role::kJoin)))
    action->fold->join.push_back(*join);
  else
    action->todo.emplace_back(
        "join: the document does not say by which columns the rows belong together");
  std::string word;
  for (const Code& code : row.Cell(Role::kMethod).codes)
    if (const auto name = AsName(code.text); name.has_value() && name->schema.empty())
      word = name->name;
  if (action->kind == ActionKind::kMergeJsonb) {
    action->fold->column = word;
    if (word.empty()) action->todo.emplace_back("column: the document names no jsonb column");
  } else {
    action->fold->prefix = word;
    if (word.empty())
      action->todo.emplace_back("prefix: the document does not say how the columns will be called");
  }
}

void FillKey(const RowView& row, Reading* reading, plan::Action* action) {
  action->key.emplace();
  const Text& cell = row.Cell(Role::kKey);
  const std::vector<std::string> words = absl::StrSplit(ValueOf(cell), ' ', absl::SkipEmpty());
  const auto name = words.empty() ? std::nullopt : AsName(words[0]);
  if (name.has_value() && name->schema.empty())
    action->key->column = name->name;
  else
    action->todo.emplace_back("column: the document does not name the key's column");
  const std::string type = words.size() > 1 ? absl::AsciiStrToLower(words[1]) : "serial";
  if (!absl::StrContains(type, "serial") && type != "primary" && type != "bigint" &&
      type != "integer" && type != "int")
    reading->Find(cell.line, "key-type",
                  absl::StrCat("the key of ", pg::DisplayName(action->source), " is to be ", type,
                               "; add_pk makes whole numbers"));
  for (const Text& piece : Pieces(row.Cell(Role::kOrder)))
    if (const auto column = AsName(ValueOf(piece)); column.has_value() && column->schema.empty())
      action->key->order_by.push_back(column->name);
  if (action->key->order_by.empty())
    action->todo.emplace_back(
        "order_by: the document does not say in which order the rows are numbered");
}

void FillQuestion(const RowView& row, plan::Action* action) {
  action->question.emplace();
  action->question->text = row.Cell(Role::kQuestion).plain;
  if (action->question->text.empty())
    action->todo.emplace_back("question: the document does not say what is to be decided");
  std::set<std::string> words;
  for (const Text& piece : Pieces(row.Cell(Role::kOptions))) {
    bool understood = false;
    plan::Option option = ReadOption(piece, action->source, &understood);
    if (!understood || !words.insert(option.word).second)
      action->todo.push_back(absl::StrCat("options: what does \"", piece.plain, "\" switch on?"));
    else
      action->question->options.push_back(std::move(option));
  }
  if (action->question->options.empty())
    action->todo.emplace_back(
        "options: the document names no possible answers and what each would switch on");
}

}  // namespace regraft::document
