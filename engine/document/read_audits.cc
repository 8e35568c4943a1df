// Tables of data-quality results and of counts: audits that expect what the document found.
#include "engine/base/status_macros.h"
#include "engine/document/reading.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <utility>

namespace regraft::document {
namespace {

using plan::Audit;
using plan::AuditKind;

// `app.slots.person_id`: a column with its table.
struct ColumnName {
  pg::QualifiedName table;
  std::string column;
};
std::optional<ColumnName> AsColumn(const std::string& text) {
  const size_t dot = text.rfind('.');
  if (dot == std::string::npos || dot + 1 == text.size()) return std::nullopt;
  const auto table = AsName(text.substr(0, dot));
  if (!table.has_value() || table->schema.empty()) return std::nullopt;
  return ColumnName{*table, text.substr(dot + 1)};
}

std::optional<AuditKind> KindOfIssue(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "null" || word == "nulls") return AuditKind::kNull;
    if (word == "duplicate" || word == "duplicates" || word == "duplicated")
      return AuditKind::kDuplicate;
    if (word == "orphan" || word == "orphans" || word == "orphaned") return AuditKind::kOrphan;
  }
  return std::nullopt;
}

// What an issue says in words: "Duplicate emails in people", "Orphan slots (no spine match)".
struct Issue {
  std::string things;  // what is NULL, duplicate, or an orphan
  std::string table;   // behind on, in, of
  std::string other;   // behind "no"
};
Issue ReadIssue(const std::vector<std::string>& words) {
  Issue issue;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (KindOfIssue({word}).has_value() && issue.things.empty()) issue.things = words[i + 1];
    if (word == "on" || word == "in" || word == "of") issue.table = words[i + 1];
    if (word == "no" || word == "without") issue.other = words[i + 1];
  }
  return issue;
}

// A word of a sentence is a table if it looks like a name, or if the document says what it calls
// so: "people" can be people.
std::optional<pg::QualifiedName> TableOfWord(const Text& cell, const std::string& word,
                                             Reading* reading, Audit* audit) {
  const auto name = AsName(word);
  if (!name.has_value()) {
    audit->todo.emplace_back("which table is meant? the document does not name it");
    return std::nullopt;
  }
  const bool is_name = absl::StrContains(word, '_') || reading->names.Called(word).size() == 1;
  if (is_name) return reading->Resolve(cell, *name, &audit->todo);
  audit->todo.push_back(absl::StrCat("which table holds \"", word, "\"?"));
  return name;
}

// From names in backticks all is known; from words, what they can mean.
void FillIssue(const Text& cell, Reading* reading, Audit* audit) {
  const Issue issue = ReadIssue(Words(cell.plain));
  const auto tables = QualifiedNamesIn(cell);
  std::vector<ColumnName> columns;
  std::vector<std::string> bare;
  for (const Code& code : cell.codes) {
    const auto name = AsName(code.text);
    if (const auto column = AsColumn(code.text); column.has_value() && !name.has_value())
      columns.push_back(*column);
    else if (name.has_value() && name->schema.empty())
      bare.push_back(name->name);
  }
  const bool orphan = audit->kind == AuditKind::kOrphan;
  if (!columns.empty())
    audit->table = columns[0].table;
  else if (!tables.empty())
    audit->table = tables[0];
  else if (const auto table =
               TableOfWord(cell, orphan ? issue.things : issue.table, reading, audit))
    audit->table = *table;
  if (orphan) {
    if (columns.size() > 1) {
      audit->other = columns[1].table;
      audit->join = {{columns[0].column, columns[1].column}};
      return;
    }
    if (tables.size() > 1)
      audit->other = tables[1];
    else if (!issue.other.empty())
      audit->other = TableOfWord(cell, issue.other, reading, audit);
    audit->todo.emplace_back(
        audit->other.has_value()
            ? "join: the document does not say by which columns they belong together"
            : "of, join: the document does not say whose rows they have no match in");
    return;
  }
  std::string column = !columns.empty() ? columns[0].column : bare.empty() ? "" : bare[0];
  if (column.empty())
    audit->todo.push_back(absl::StrCat("column: which column holds the ", issue.things, "?"));
  else if (audit->kind == AuditKind::kNull)
    audit->column = column;
  else
    audit->columns = {column};
}

void FillExpected(const Text& cell, const std::string& status, Audit* audit) {
  if (const auto count = ReadNumber(cell.plain)) {
    audit->expected.rows = *count;
    return;
  }
  audit->todo.push_back(absl::StrCat("expect: the document has no count but \"", cell.plain, "\"",
                                     status.empty() ? "" : ", ", status));
}

void ReadIssues(const TableView& view, Reading* reading) {
  for (const auto& row : view.table->rows) {
    const Text& cell = view.Cell(row, Role::kIssue);
    if (cell.plain.empty()) continue;
    const std::string& status = view.Cell(row, Role::kStatus).plain;
    const auto kind = KindOfIssue(Words(cell.plain));
    Audit audit{.kind = kind.value_or(AuditKind::kSql)};
    audit.place = {cell.line, 1};
    audit.id = reading->NextId(view.section);
    audit.reason = status.empty() ? cell.plain : absl::StrCat(cell.plain, ": ", status);
    if (kind.has_value()) {
      FillIssue(cell, reading, &audit);
    } else {
      audit.name = cell.plain;
      audit.todo.emplace_back("query: which rows are meant? the document says it in words only");
    }
    FillExpected(view.Cell(row, Role::kRows), status, &audit);
    reading->import.plan.audits.push_back(std::move(audit));
  }
}

// What stands in brackets behind a name: "spine", or "with an owner".
std::string InBrackets(const std::string& text) {
  const size_t open = text.find('('), close = text.find(')', open);
  if (open == std::string::npos || close == std::string::npos) return "";
  return text.substr(open + 1, close - open - 1);
}

void ReadCounts(const TableView& view, Reading* reading) {
  for (const auto& row : view.table->rows) {
    const Text& cell = view.Cell(row, Role::kSource);
    const auto names = NamesIn(cell);
    if (names.empty()) continue;
    Audit audit{.kind = AuditKind::kCount};
    audit.place = {cell.line, 1};
    audit.id = reading->NextId(view.section);
    audit.table = reading->Resolve(cell, names[0], &audit.todo);
    audit.reason = reading->outline.sections[static_cast<size_t>(view.section)].title.plain;
    const std::string condition = InBrackets(cell.plain);
    if (condition.find(' ') != std::string::npos)
      audit.todo.push_back(absl::StrCat("where: which rows are those \"", condition, "\"?"));
    FillExpected(view.Cell(row, Role::kRows), "", &audit);
    reading->import.plan.audits.push_back(std::move(audit));
  }
}

// "Alignment: claimed (95,004) = spine (95,004)": two tables that must have the same ids.
void ReadAlignment(const Block& block, int section, Reading* reading) {
  constexpr size_t kSentenceMax = 1000;
  const std::string& text = block.text.plain;
  if (text.size() > kSentenceMax || !absl::StrContains(absl::AsciiStrToLower(text), "align"))
    return;
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return;
  const size_t colon = text.find(':');
  const size_t from = colon == std::string::npos || colon > equals ? 0 : colon + 1;
  Audit audit{.kind = AuditKind::kAlignment};
  audit.place = {block.line, 1};
  audit.id = reading->NextId(section);
  audit.reason = text;
  std::vector<std::optional<pg::QualifiedName>> sides;
  for (const std::string& side : {text.substr(from, equals - from), text.substr(equals + 1)}) {
    std::string words(absl::StripAsciiWhitespace(side.substr(0, side.find('('))));
    const auto name = AsName(words);
    if (name.has_value()) {
      sides.emplace_back(reading->Resolve(block.text, *name, &audit.todo));
    } else {
      audit.todo.push_back(
          absl::StrCat("which table, and which of its rows, are \"", words, "\"?"));
      sides.emplace_back(std::nullopt);
    }
  }
  if (sides[0].has_value()) audit.table = *sides[0];
  audit.other = sides[1];
  audit.todo.emplace_back(
      "join: the document compares counts only; by which ids are they compared?");
  reading->import.plan.audits.push_back(std::move(audit));
}

}  // namespace

void ReadAuditTables(Reading* reading) {
  auto next = reading->tables.begin();  // they are in the order of the sections
  for (size_t i = 0; i < reading->outline.sections.size(); ++i) {
    for (; next != reading->tables.end() && next->section == static_cast<int>(i); ++next) {
      const TableView& view = *next;
      if (view.kind == TableKind::kAudits) ReadIssues(view, reading);
      if (view.kind == TableKind::kCounts) ReadCounts(view, reading);
    }
    for (const size_t at : reading->outline.sections[i].blocks)
      if (const Block& block = reading->outline.blocks[at]; block.kind == Block::Kind::kParagraph)
        ReadAlignment(block, static_cast<int>(i), reading);
  }
}

}  // namespace regraft::document
