// The sections of a document, and what each of its tables is about.
#pragma once

#include "engine/document/markdown.h"
#include "engine/document/vocabulary.h"

#include <optional>
#include <string>
#include <vector>

namespace regraft::document {

struct Section {
  Text title;
  std::string label;  // "1B" of "Phase 1B: …"; empty without one
  std::string word;   // "phase", lower case; empty for a bare number
  int level = 0;      // 0: what stands before the first heading
  int parent = -1;
  std::vector<size_t> blocks;  // without those of its sub-sections
};

struct Outline {
  std::vector<Block> blocks;
  std::vector<Section> sections;  // in the order of the document; the first is the whole

  // The label of the section or of the nearest one above that has one.
  [[nodiscard]] std::string LabelOf(int section) const;
};
Outline MakeOutline(std::vector<Block> blocks);

// The sentences around a table, within its section: from the table before to the table after.
std::vector<const Block*> SentencesAround(const Outline& outline, int section, size_t table);

enum class TableKind { kSummary, kActions, kLeafMatrix, kLeafList, kAudits, kCounts, kOther };

struct TableView {
  const Table* table = nullptr;
  int section = 0;
  size_t block = 0;
  int line = 0;
  TableKind kind = TableKind::kOther;
  std::vector<Role> roles;  // one per column

  [[nodiscard]] std::optional<size_t> Column(Role role) const;
  // The cell of the row in the column of that role; an empty one without such a column.
  [[nodiscard]] const Text& Cell(const std::vector<Text>& row, Role role) const;
};
std::vector<TableView> ViewTables(const Outline& outline);

// The kind of action that the titles over a table speak of, the nearest first.
std::optional<plan::ActionKind> KindByTitle(const Outline& outline, int section);
// The kind that the heads of its columns speak of.
std::optional<plan::ActionKind> KindByHeads(const TableView& view);

}  // namespace regraft::document
