// One line of a table of actions. Internal to this folder.
#pragma once

#include "engine/document/reading.h"

#include <optional>
#include <vector>

namespace regraft::document {

struct RowView {
  const TableView& view;
  const std::vector<Text>& row;
  const Sentences& sentences;

  [[nodiscard]] const Text& Cell(Role role) const { return view.Cell(row, role); }
};

// The action of a row for one of its sources. A row whose kind nothing tells is a finding.
std::optional<plan::Action> ReadRow(const RowView& row, const pg::QualifiedName& source,
                                    Reading* reading);

// What the kinds have of their own.
void FillMerge(const RowView& row, plan::Action* action);
void FillFold(const RowView& row, plan::Action* action);
void FillKey(const RowView& row, Reading* reading, plan::Action* action);
void FillQuestion(const RowView& row, plan::Action* action);

}  // namespace regraft::document
