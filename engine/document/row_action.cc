#include "engine/document/row_action.h"

#include "engine/base/status_macros.h"

#include "absl/strings/str_cat.h"

#include <string>
#include <utility>

namespace regraft::document {
namespace {

using plan::ActionKind;

// The target cell decides first, then the other cells, the heads, the titles; last the schema that
// the target has.
std::optional<ActionKind> KindOfRow(const RowView& row, const Reading& reading) {
  const Text& target = row.Cell(Role::kTarget);
  if (const auto kind = KindNamed(target.plain)) return kind;
  if (const auto kind = KindInWords(WithoutNames(target))) return kind;
  if (const Text& label = row.Cell(Role::kLabel); !label.plain.empty())
    if (const auto kind = KindInWords(label.plain); kind == ActionKind::kKeepAsMv) return kind;
  if (const auto kind = KindInWords(row.Cell(Role::kMethod).plain)) return kind;
  if (const auto kind = KindByHeads(row.view)) return kind;
  if (const auto kind = KindByTitle(reading.outline, row.view.section)) return kind;
  if (row.sentences.target.has_value()) return ActionKind::kMerge;
  const auto names = NamesIn(target);
  if (names.size() == 1 && (names[0].schema == "archive" || names[0].schema == "archives"))
    return ActionKind::kArchive;
  return std::nullopt;
}

bool IsMerge(ActionKind kind) {
  return kind == ActionKind::kMerge || kind == ActionKind::kMergeJsonb ||
         kind == ActionKind::kMergeCols;
}

bool HasTarget(ActionKind kind) {
  return IsMerge(kind) || kind == ActionKind::kArchive || kind == ActionKind::kMove;
}

// Where the row says otherwise than the title above it.
void CompareWithTitle(const RowView& row, const plan::Action& action, Reading* reading) {
  const auto titled = KindByTitle(reading->outline, row.view.section);
  if (!titled.has_value() || *titled == action.kind) return;
  if (IsMerge(*titled) && IsMerge(action.kind)) return;
  reading->Find(
      action.place.line, "kind-differs",
      absl::StrCat(pg::DisplayName(action.source), " stands under \"",
                   reading->outline.sections[static_cast<size_t>(row.view.section)].title.plain,
                   "\", but its line says ", AsAbsl(plan::KindWord(action.kind)),
                   "; the line counts"));
}

// A new name must have its schema: there is no table yet that it could mean.
void FillNewName(const RowView& row, const pg::QualifiedName& source, Reading* reading,
                 plan::Action* action) {
  const auto names = NamesIn(row.Cell(Role::kTarget));
  const auto schema = AsName(row.Cell(Role::kTargetSchema).plain);
  const auto rule = reading->naming_rule;
  if (!names.empty()) {
    action->target = names[0];
  } else if (schema.has_value() && schema->schema.empty()) {
    action->target = pg::QualifiedName{schema->name, source.name};
  } else if (action->kind == ActionKind::kArchive && rule.has_value() &&
             rule->pattern.find('.') != std::string::npos) {
    const size_t dot = rule->pattern.find('.');
    action->target = pg::QualifiedName{ApplyPattern(rule->pattern.substr(0, dot), source),
                                       ApplyPattern(rule->pattern.substr(dot + 1), source)};
  }
  if (!action->target.has_value())
    action->todo.emplace_back("to: the document gives no new name");
  else if (action->target->schema.empty())
    action->todo.push_back(
        absl::StrCat("to: ", pg::DisplayName(*action->target), " has no schema in the document"));
}

void FillMergeTarget(const RowView& row, Reading* reading, plan::Action* action) {
  const Text& cell = row.Cell(Role::kTarget);
  const auto names = NamesIn(cell);
  if (!names.empty() && !KindNamed(cell.plain).has_value()) {
    action->target = reading->Resolve(cell, names[0], &action->todo);
  } else if (row.sentences.target.has_value()) {
    action->target = row.sentences.target;
  } else {
    action->todo.emplace_back("into: the document gives no target");
  }
}

void FillTarget(const RowView& row, Reading* reading, plan::Action* action) {
  if (IsMerge(action->kind))
    FillMergeTarget(row, reading, action);
  else
    FillNewName(row, action->source, reading, action);
  if (const auto names = NamesIn(row.Cell(Role::kTarget)); names.size() > 1)
    action->todo.push_back(
        absl::StrCat("the document gives ", names.size(), " targets; the first is taken"));
}

void FillReason(const RowView& row, plan::Action* action) {
  action->reason = row.Cell(Role::kReason).plain;
  if (action->reason.empty()) action->reason = row.Cell(Role::kMethod).plain;
}

void FillExpected(const RowView& row, Reading* reading, plan::Action* action) {
  const Text& cell = row.Cell(Role::kRows);
  if (SaysNothing(cell.plain)) return;
  if (const auto rows = ReadNumber(cell.plain))
    action->expected = plan::ExpectedRows{.rows = *rows, .tolerance_rows = 0};
  else
    reading->Find(cell.line, "unread-count",
                  absl::StrCat("\"", cell.plain.substr(0, 80), "\" is not a number of rows; ",
                               pg::DisplayName(action->source), " is imported without one"));
}

}  // namespace

std::optional<plan::Action> ReadRow(const RowView& row, const pg::QualifiedName& source,
                                    Reading* reading) {
  const Text& cell = row.Cell(Role::kSource);
  const auto kind = KindOfRow(row, *reading);
  if (!kind.has_value()) {
    ++reading->import.unread_rows;
    reading->Find(cell.line, "unread-row",
                  absl::StrCat("what shall become of ", pg::DisplayName(source),
                               "? neither its line, the heads, nor the titles say one of the eight "
                               "kinds of actions"));
    return std::nullopt;
  }
  plan::Action action{.kind = *kind};
  action.place = {cell.line, 1};
  action.id = reading->NextId(row.view.section);
  action.source = reading->Resolve(cell, source, &action.todo);
  FillReason(row, &action);
  FillExpected(row, reading, &action);
  if (HasTarget(action.kind)) FillTarget(row, reading, &action);
  if (action.kind == ActionKind::kMerge) FillMerge(row, &action);
  if (action.kind == ActionKind::kMergeJsonb || action.kind == ActionKind::kMergeCols)
    FillFold(row, &action);
  if (action.kind == ActionKind::kAddPk) FillKey(row, reading, &action);
  if (action.kind == ActionKind::kPending) FillQuestion(row, &action);
  CompareWithTitle(row, action, reading);
  return action;
}

}  // namespace regraft::document
