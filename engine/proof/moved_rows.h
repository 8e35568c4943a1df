// Where the rows of a merge or fold are, and how each place gives the source's columns back: the
// target by the inverse that the saved plan holds, the remainder and the source by their own names.
#pragma once

#include "engine/proof/reader.h"
#include "engine/saved_plan/saved_plan.h"
#include "engine/verification/row_diff.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::proof {

struct MovedRows {
  const saved_plan::SavedAction* action = nullptr;
  std::vector<catalog::Column> columns;  // of the source, when the plan was made
  std::vector<std::string> names;        // theirs
  std::vector<size_t> key;               // of the source; none once it is gone
  // Nullptr: gone; of the remainder: or never made.
  const catalog::Table *source = nullptr, *target = nullptr, *remainder = nullptr;
  std::string tail;     // what stands behind the target's name in the saved inverse
  std::string is_mine;  // merges: SQL over s, which target rows these are; empty: not told apart

  [[nodiscard]] bool is_fold() const { return action->method == "fold"; }
  // REQUIRES: the relation is there.
  absl::StatusOr<verification::DiffSide> Source(const Reader& reader,
                                                const std::string& where) const;
  absl::StatusOr<verification::DiffSide> Target(const Reader& reader) const;
  absl::StatusOr<verification::DiffSide> Remainder(const Reader& reader) const;
  // Target and remainder together, by one lane: to show how rows differ.
  absl::StatusOr<verification::DiffSide> Rebuilt(const Reader& reader) const;
  // As Target(), of a table of the same columns.
  absl::StatusOr<verification::DiffSide> CopyOfTarget(verification::ScanRequest scan,
                                                      const std::string& table) const;

  // A SELECT that gives the source's columns, by their names, from `table` in the target's place.
  [[nodiscard]] std::string InverseFrom(const std::string& table) const;
};

// `remainder_table` empty: no row was set aside. Errors: Differences where the source has lost a
// column, or one has another type.
absl::StatusOr<MovedRows> FindMovedRows(Reader* reader, const saved_plan::SavedAction& action,
                                        const std::string& remainder_table);

}  // namespace regraft::proof
