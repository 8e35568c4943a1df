// Tables of actions: a line each.
#include "engine/document/reading.h"
#include "engine/document/row_action.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <utility>

namespace regraft::document {
namespace {

using plan::ActionKind;

// A comment's lines: nothing that ends a line, and no longer than the file is wide.
void AddComment(const std::string& text, std::vector<std::string>* lines) {
  constexpr size_t kWidth = 96;
  std::string line;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
      lines->push_back(std::move(line));
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, ' ');
  if (!line.empty()) lines->push_back(std::move(line));
}

std::vector<std::string> CommentOf(const Reading& reading, const TableView& view) {
  std::vector<std::string> lines;
  const Section& section = reading.outline.sections[static_cast<size_t>(view.section)];
  std::string title = section.title.plain;
  const bool below = section.label.empty() && section.parent > 0;
  if (below)
    title = absl::StrCat(reading.outline.sections[static_cast<size_t>(section.parent)].title.plain,
                         " / ", title);
  AddComment(absl::StrCat(title, " (line ", view.line, ")"), &lines);
  for (const Block* block : SentencesAround(reading.outline, view.section, view.block))
    AddComment(block->text.plain, &lines);
  return lines;
}

bool IsTotal(const Text& cell) {
  const auto words = Words(cell.plain);
  return !words.empty() && (words[0] == "total" || words[0] == "sum" || words[0] == "all");
}

// The sentences around the table, and those that introduce the sections above it.
Sentences SentencesOf(const Outline& outline, const TableView& view) {
  Sentences own = ReadSentences(SentencesAround(outline, view.section, view.block));
  int parent = outline.sections[static_cast<size_t>(view.section)].parent;
  for (; parent > 0; parent = outline.sections[static_cast<size_t>(parent)].parent) {
    std::vector<const Block*> blocks;
    for (const size_t at : outline.sections[static_cast<size_t>(parent)].blocks)
      if (outline.blocks[at].kind != Block::Kind::kTable) blocks.push_back(&outline.blocks[at]);
    Sentences above = ReadSentences(blocks);
    if (!own.target.has_value()) own.target = above.target;
    if (own.discriminator.empty()) own.discriminator = above.discriminator;
    if (own.columns.empty()) own.columns = above.columns;
  }
  return own;
}

// What a merge needs to be prepared, for the targets that the section's merges have.
void AddPreparations(const Sentences& sentences, const std::vector<plan::Action>& actions,
                     Reading* reading) {
  for (const ColumnToAdd& column : sentences.columns) {
    std::vector<pg::QualifiedName> tables = column.tables;
    for (const plan::Action& action : actions)
      if (column.tables.empty() && action.kind == ActionKind::kMerge && action.target.has_value() &&
          std::find(tables.begin(), tables.end(), *action.target) == tables.end())
        tables.push_back(*action.target);
    for (const pg::QualifiedName& table : tables) {
      auto& all = reading->import.plan.preparations;
      auto found = std::find_if(all.begin(), all.end(),
                                [&table](const auto& each) { return each.table == table; });
      if (found == all.end()) {
        all.push_back({.place = {column.line, 1}, .table = table});
        found = std::prev(all.end());
      }
      const bool known = std::any_of(
          found->add_columns.begin(), found->add_columns.end(),
          [&column](const plan::AddedColumn& each) { return each.column == column.column; });
      const std::string todo = absl::StrCat("add_columns: of which type is ", column.column,
                                            "? the document gives none");
      if (!column.type.empty() && !known)
        found->add_columns.push_back({column.column, column.type});
      else if (column.type.empty() &&
               std::find(found->todo.begin(), found->todo.end(), todo) == found->todo.end())
        found->todo.push_back(todo);
    }
    reading->Find(column.line, "rows-without-value",
                  absl::StrCat("rows that are in ",
                               absl::StrJoin(tables, ", ",
                                             [](std::string* out, const auto& each) {
                                               out->append(pg::DisplayName(each));
                                             }),
                               " already get no ", column.column, ": they keep NULL"));
  }
}

void ReadTable(const TableView& view, Reading* reading) {
  const Sentences sentences = SentencesOf(reading->outline, view);
  std::vector<plan::Action> actions;
  for (const auto& row : view.table->rows) {
    const Text& cell = view.Cell(row, Role::kSource);
    const auto sources = NamesIn(cell);
    if (sources.empty()) {
      const bool says_something =
          std::any_of(row.begin(), row.end(), [](const Text& each) { return !each.plain.empty(); });
      if (IsTotal(cell) || !says_something) continue;
      ++reading->import.unread_rows;
      reading->Find(cell.line, "unread-row",
                    absl::StrCat("\"", cell.plain.substr(0, 80), "\" is not a table's name"));
      continue;
    }
    for (const pg::QualifiedName& source : sources)
      if (auto action = ReadRow({view, row, sentences}, source, reading))
        actions.push_back(*std::move(action));
  }
  AddPreparations(sentences, actions, reading);
  auto& comments = reading->import.comments.actions;
  comments.resize(reading->import.plan.actions.size());
  if (!actions.empty()) comments.push_back(CommentOf(*reading, view));
  for (plan::Action& action : actions) reading->import.plan.actions.push_back(std::move(action));
}

}  // namespace

void ReadActionTables(Reading* reading) {
  for (const TableView& view : reading->tables)
    if (view.kind == TableKind::kActions) ReadTable(view, reading);
}

}  // namespace regraft::document
