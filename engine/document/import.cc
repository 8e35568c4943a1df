#include "engine/document/import.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/document/markdown.h"
#include "engine/document/reading.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace regraft::document {
namespace {

// Nobody plans more, and lines are compared with each other.
constexpr size_t kLinesMax = 10'000;

size_t LinesOf(const std::vector<TableView>& tables) {
  size_t lines = 0;
  for (const TableView& view : tables)
    if (view.kind != TableKind::kOther) lines += view.table->rows.size();
  return lines;
}

// Every name with a schema in the tables; `app.people (spine)` also gives a table another word.
void IndexNames(Reading* reading) {
  for (const TableView& view : reading->tables)
    for (const auto& row : view.table->rows)
      for (const Text& cell : row) {
        const auto names = QualifiedNamesIn(cell);
        for (const pg::QualifiedName& name : names) reading->names.Add(name);
        const size_t open = cell.plain.find('('), close = cell.plain.find(')');
        if (names.size() != 1 || open == std::string::npos || close == std::string::npos ||
            close < open)
          continue;
        const auto words = Words(cell.plain.substr(open, close - open));
        if (words.size() == 1) reading->names.AddAlias(words[0], names[0]);
      }
}

void WriteHead(const std::string& file, Reading* reading) {
  plan::PlanComments& comments = reading->import.comments;
  comments.head.push_back(
      absl::StrCat("Imported from ", file, ". Ids are its sections and lines."));
  const size_t todos = TodosOf(reading->import.plan).size();
  if (todos > 0)
    comments.head.push_back(
        absl::StrCat(todos,
                     " todos: what the document does not say. Fill the keys that each names, "
                     "and delete it."));
  if (reading->import.unread_rows > 0)
    comments.head.push_back(absl::StrCat(reading->import.unread_rows,
                                         " lines of the document were not understood; they are "
                                         "not in this plan."));
  if (!reading->outline.blocks.empty())
    if (const Block& first = reading->outline.blocks[0]; first.kind == Block::Kind::kHeading)
      reading->import.plan.name = first.text.plain;
}

// With a naming rule of the document, the sources of merges are archived by it too.
void TakeNamingRule(Reading* reading) {
  if (!reading->naming_rule.has_value()) return;
  const std::string& pattern = reading->naming_rule->pattern;
  if (absl::StrContains(pattern, '.')) reading->import.plan.archive_names = pattern;
}

}  // namespace

std::vector<Todo> TodosOf(const plan::Plan& plan) {
  std::vector<Todo> todos;
  const auto add = [&todos](const std::string& of, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) todos.push_back({of, text});
  };
  for (const plan::Preparation& each : plan.preparations)
    add(absl::StrCat("prepare ", pg::DisplayName(each.table)), each.todo);
  for (const plan::Action& each : plan.actions) add(each.id, each.todo);
  for (const plan::Audit& each : plan.audits) add(each.id, each.todo);
  if (!plan.lock.has_value()) return todos;
  add("lock", plan.lock->todo);
  for (const plan::Leaf& leaf : plan.lock->leaves)
    add(absl::StrCat("leaf ", pg::DisplayName(leaf.table)), leaf.todo);
  return todos;
}

absl::StatusOr<Import> ImportDocument(const std::string& text, const std::string& file) {
  auto blocks = ReadMarkdown(text);
  if (!blocks.ok()) return Annotate(blocks.status(), file);
  Reading reading;
  reading.outline = MakeOutline(*std::move(blocks));
  reading.tables = ViewTables(reading.outline);
  if (const size_t lines = LinesOf(reading.tables); lines > kLinesMax)
    return BadPlan(
        absl::StrCat(file, ": its tables have ", lines, " lines; a plan has at most ", kLinesMax));
  reading.naming_rule = FindNamingRule(reading.outline.blocks);
  IndexNames(&reading);
  ReadActionTables(&reading);
  if (reading.import.plan.actions.empty())
    return BadPlan(absl::StrCat(
        file, ": no table in it says what shall become of tables (", reading.tables.size(),
        " tables, ", reading.import.unread_rows,
        " lines not understood); expected are Markdown tables with a column of sources such as "
        "`app.old` and a column, a head or a title that says archive, merge, move, …; see "
        "docs/import.md"));
  ReadAuditTables(&reading);
  ReadLeafTables(&reading);
  TakeNamingRule(&reading);
  Reconcile(&reading);
  FindContradictions(&reading);
  FindDocumentFaults(&reading);
  WriteHead(file, &reading);
  auto& findings = reading.import.findings;
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return std::move(reading.import);
}

}  // namespace regraft::document
