// The tables that say which table is which leaf.
#include "engine/base/status_macros.h"
#include "engine/document/reading.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <utility>

namespace regraft::document {
namespace {

plan::Lock* TheLock(int line, Reading* reading) {
  auto& lock = reading->import.plan.lock;
  if (!lock.has_value()) {
    lock.emplace();
    lock->place = {line, 1};
    lock->todo.emplace_back("schemas: the document does not say which schemas are locked");
  }
  return &*lock;
}

void AddLeaf(const Text& cell, const pg::QualifiedName& name, const std::string& sub_hub,
             std::string_view leaf_type, Reading* reading) {
  plan::Leaf leaf;
  leaf.place = {cell.line, 1};
  leaf.sub_hub = sub_hub;
  leaf.leaf_type = std::string(leaf_type);
  leaf.table = reading->Resolve(cell, name, &leaf.todo);
  if (leaf_type.empty()) leaf.todo.emplace_back("leaf_type: which one of the known types is it?");
  if (sub_hub.empty()) leaf.todo.emplace_back("sub_hub: the document names none");
  plan::Lock* lock = TheLock(cell.line, reading);
  const auto same = std::find_if(lock->leaves.begin(), lock->leaves.end(),
                                 [&leaf](const auto& each) { return each.table == leaf.table; });
  if (same != lock->leaves.end())
    leaf.todo.push_back(
        absl::StrCat("the document has this table as a leaf of ", same->sub_hub, " too"));
  lock->leaves.push_back(std::move(leaf));
}

// A row per sub-hub, a column per type; a cell lists tables.
void ReadMatrix(const TableView& view, Reading* reading) {
  for (const auto& row : view.table->rows)
    for (size_t column = 1; column < row.size(); ++column) {
      const Text& cell = row[column];
      if (SaysNothing(cell.plain)) continue;
      const std::string_view type = LeafTypeOf(view.table->head[column].plain);
      for (const absl::string_view word : absl::StrSplit(cell.plain, ',')) {
        const auto name = AsName(AsStd(absl::StripAsciiWhitespace(word)));
        if (name.has_value()) {
          AddLeaf(cell, *name, row[0].plain, type, reading);
        } else {
          ++reading->import.unread_rows;
          reading->Find(cell.line, "unread-row",
                        absl::StrCat("\"", std::string(word.substr(0, 80)),
                                     "\" is not a table's name; it is no leaf of the plan"));
        }
      }
    }
}

void ReadList(const TableView& view, Reading* reading) {
  for (const auto& row : view.table->rows) {
    const Text& cell = view.Cell(row, Role::kSource);
    for (const pg::QualifiedName& name : NamesIn(cell))
      AddLeaf(cell, name, view.Cell(row, Role::kSubHub).plain,
              LeafTypeOf(view.Cell(row, Role::kLeafType).plain), reading);
  }
}

// "Locked schemas: `sales`, `archive`": a sentence in the section of the leaves.
void ReadSchemas(const TableView& view, Reading* reading) {
  auto& lock = reading->import.plan.lock;
  if (!lock.has_value()) return;
  for (const Block* block : SentencesAround(reading->outline, view.section, view.block)) {
    const std::vector<std::string> words = Words(block->text.plain);
    bool locks = false, schemas = false;
    for (const std::string& word : words) {
      locks = locks || word == "lock" || word == "locked" || word == "frozen" || word == "locks";
      schemas = schemas || word == "schema" || word == "schemas";
    }
    if (!locks || !schemas) continue;
    for (const Code& code : block->text.codes)
      if (const auto name = AsName(code.text); name.has_value() && name->schema.empty())
        lock->schemas.push_back(name->name);
  }
  if (!lock->schemas.empty()) lock->todo.clear();
}

}  // namespace

void ReadLeafTables(Reading* reading) {
  for (const TableView& view : reading->tables) {
    if (view.kind == TableKind::kLeafMatrix) ReadMatrix(view, reading);
    if (view.kind == TableKind::kLeafList) ReadList(view, reading);
    if (view.kind == TableKind::kLeafMatrix || view.kind == TableKind::kLeafList)
      ReadSchemas(view, reading);
  }
}

}  // namespace regraft::document
