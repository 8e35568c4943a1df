#include "engine/document/outline.h"

#include "engine/document/names.h"

#include "absl/strings/ascii.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace regraft::document {
namespace {

bool IsLabel(std::string_view text) {
  constexpr size_t kLabelMax = 8;
  if (text.empty() || text.size() > kLabelMax) return false;
  const bool digits_first = absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
  if (!digits_first)
    return text.size() == 1 && absl::ascii_isalpha(static_cast<unsigned char>(text[0]));
  size_t letters = 0;
  for (const char c : text) {
    if (absl::ascii_isalpha(static_cast<unsigned char>(c)))
      ++letters;
    else if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != '.')
      return false;
  }
  return letters <= 1;
}

// "Phase 1B: …", "Step 3", "2.1 …", "A) …".
void ReadLabel(Section* section) {
  constexpr std::array<std::string_view, 9> kWords = {"phase", "step", "stage",   "part",   "wave",
                                                      "batch", "teil", "schritt", "section"};
  const std::string& title = section->title.plain;
  const size_t blank = title.find(' ');
  std::string first = title.substr(0, blank);
  const std::string lower = absl::AsciiStrToLower(first);
  if (blank != std::string::npos &&
      std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) {
    std::string second =
        title.substr(blank + 1, title.find_first_of(" :–—", blank + 1) - blank - 1);
    while (!second.empty() && second.back() == '.') second.pop_back();
    if (!IsLabel(second)) return;
    section->label = second;
    section->word = lower;
    return;
  }
  const bool marked =
      !first.empty() && std::string_view(".):").find(first.back()) != std::string_view::npos;
  while (!first.empty() && std::string_view(".):").find(first.back()) != std::string_view::npos)
    first.pop_back();
  if (blank == std::string::npos || !IsLabel(first)) return;
  if (marked || absl::ascii_isdigit(static_cast<unsigned char>(first[0]))) section->label = first;
}

void OpenSection(const Block& heading, Outline* outline) {
  Section section{.title = heading.text, .label = "", .word = "", .level = heading.level};
  ReadLabel(&section);
  size_t parent = outline->sections.size() - 1;
  while (outline->sections[parent].level >= heading.level)
    parent = static_cast<size_t>(outline->sections[parent].parent);
  section.parent = static_cast<int>(parent);
  outline->sections.push_back(std::move(section));
}

// Which column's cells are mostly names with a schema; the first such column from `from` on.
std::optional<size_t> ColumnOfNames(const Table& table, size_t from, bool qualified) {
  for (size_t column = from; column < table.head.size(); ++column) {
    size_t named = 0;
    for (const auto& row : table.rows) {
      const auto names = qualified ? QualifiedNamesIn(row[column]) : NamesIn(row[column]);
      named += names.empty() ? 0U : 1U;
    }
    if (named > 0 && named * 2 > table.rows.size()) return column;
  }
  return std::nullopt;
}

// Heads that nobody foresaw: then the cells say what a column holds.
void FillRolesByCells(TableView* view) {
  const auto unassigned = [view](size_t column) { return view->roles[column] == Role::kNone; };
  if (!view->Column(Role::kSource).has_value()) {
    const auto column = ColumnOfNames(*view->table, 0, /*qualified=*/true);
    if (column.has_value() && unassigned(*column)) view->roles[*column] = Role::kSource;
  }
  const auto source = view->Column(Role::kSource);
  if (!source.has_value() || view->Column(Role::kTarget).has_value()) return;
  auto column = ColumnOfNames(*view->table, *source + 1, /*qualified=*/true);
  if (column.has_value() && unassigned(*column)) view->roles[*column] = Role::kTarget;
}

// One column per role: of two that could have it, the first.
void DropRepeatedRoles(TableView* view) {
  std::vector<Role> seen;
  for (Role& role : view->roles) {
    if (role == Role::kNone) continue;
    if (std::find(seen.begin(), seen.end(), role) != seen.end())
      // "Current table | New table": both speak of tables, the second of what comes.
      role =
          role == Role::kSource && std::find(seen.begin(), seen.end(), Role::kTarget) == seen.end()
              ? Role::kTarget
              : Role::kNone;
    if (role != Role::kNone) seen.push_back(role);
  }
}

bool IsSummary(const Table& table) {
  size_t kinds = 0;
  for (const auto& row : table.rows)
    if (KindNamed(row[0].plain).has_value() &&
        std::any_of(std::next(row.begin()), row.end(),
                    [](const Text& cell) { return ReadNumber(cell.plain).has_value(); }))
      ++kinds;
  return kinds >= 2 && kinds * 2 > table.rows.size();
}

bool IsLeafMatrix(const Table& table) {
  size_t types = 0;
  for (size_t i = 1; i < table.head.size(); ++i)
    types += LeafTypeOf(table.head[i].plain).empty() ? 0U : 1U;
  return types >= 2;
}

bool HasAny(const TableView& view, std::initializer_list<Role> roles) {
  return std::any_of(roles.begin(), roles.end(),
                     [&view](Role role) { return view.Column(role).has_value(); });
}

TableKind KindOfTable(const Outline& outline, const TableView& view) {
  const Table& table = *view.table;
  if (table.head.empty() || table.rows.empty()) return TableKind::kOther;
  if (IsSummary(table)) return TableKind::kSummary;
  if (IsLeafMatrix(table)) return TableKind::kLeafMatrix;
  if (HasAny(view, {Role::kLeafType})) return TableKind::kLeafList;
  if (HasAny(view, {Role::kIssue}) && !HasAny(view, {Role::kTarget})) return TableKind::kAudits;
  if (!HasAny(view, {Role::kSource})) return TableKind::kOther;
  const auto source = *view.Column(Role::kSource);
  const bool names = ColumnOfNames(table, source, /*qualified=*/false) == source;
  if (!names) return TableKind::kOther;
  if (HasAny(view, {Role::kTarget, Role::kTargetSchema, Role::kDiscriminator, Role::kLabel,
                    Role::kKey, Role::kQuestion, Role::kMethod}))
    return TableKind::kActions;
  const bool says_kind =
      KindByTitle(outline, view.section).has_value() || KindByHeads(view).has_value();
  if (says_kind) return TableKind::kActions;
  return HasAny(view, {Role::kRows}) ? TableKind::kCounts : TableKind::kOther;
}

}  // namespace

std::string Outline::LabelOf(int section) const {
  for (; section >= 0; section = sections[static_cast<size_t>(section)].parent)
    if (const Section& each = sections[static_cast<size_t>(section)]; !each.label.empty())
      return each.label;
  return "";
}

Outline MakeOutline(std::vector<Block> blocks) {
  Outline outline;
  outline.sections.emplace_back();
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].kind == Block::Kind::kHeading)
      OpenSection(blocks[i], &outline);
    else
      outline.sections.back().blocks.push_back(i);
  }
  outline.blocks = std::move(blocks);
  return outline;
}

std::vector<const Block*> SentencesAround(const Outline& outline, int section, size_t table) {
  std::vector<const Block*> sentences;
  bool reached = false;
  for (const size_t at : outline.sections[static_cast<size_t>(section)].blocks) {
    const Block& block = outline.blocks[at];
    if (at == table) {
      reached = true;
    } else if (block.kind == Block::Kind::kTable) {
      if (reached) break;
      sentences.clear();
    } else {
      sentences.push_back(&block);
    }
  }
  return sentences;
}

std::optional<size_t> TableView::Column(Role role) const {
  const auto found = std::find(roles.begin(), roles.end(), role);
  if (found == roles.end()) return std::nullopt;
  return static_cast<size_t>(found - roles.begin());
}

const Text& TableView::Cell(const std::vector<Text>& row, Role role) const {
  static const auto* const kEmpty = new Text;
  const auto column = Column(role);
  return column.has_value() && *column < row.size() ? row[*column] : *kEmpty;
}

std::vector<TableView> ViewTables(const Outline& outline) {
  std::vector<TableView> views;
  for (size_t section = 0; section < outline.sections.size(); ++section)
    for (const size_t at : outline.sections[section].blocks) {
      const Block& block = outline.blocks[at];
      if (block.kind != Block::Kind::kTable) continue;
      TableView view{.table = &block.table,
                     .section = static_cast<int>(section),
                     .block = at,
                     .line = block.line};
      for (const Text& head : block.table.head) view.roles.push_back(RoleOf(head));
      DropRepeatedRoles(&view);
      FillRolesByCells(&view);
      view.kind = KindOfTable(outline, view);
      views.push_back(std::move(view));
    }
  return views;
}

std::optional<plan::ActionKind> KindByTitle(const Outline& outline, int section) {
  for (; section > 0; section = outline.sections[static_cast<size_t>(section)].parent)
    if (const auto kind = KindInWords(outline.sections[static_cast<size_t>(section)].title.plain))
      return kind;
  return std::nullopt;
}

std::optional<plan::ActionKind> KindByHeads(const TableView& view) {
  if (view.Column(Role::kDiscriminator).has_value()) return plan::ActionKind::kMerge;
  for (size_t i = 0; i < view.roles.size(); ++i) {
    if (view.roles[i] == Role::kReason || view.roles[i] == Role::kRows) continue;
    if (const auto kind = KindInWords(view.table->head[i].plain)) return kind;
  }
  if (view.Column(Role::kKey).has_value()) return plan::ActionKind::kAddPk;
  if (view.Column(Role::kQuestion).has_value()) return plan::ActionKind::kPending;
  return std::nullopt;
}

}  // namespace regraft::document
