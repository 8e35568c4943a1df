// What is read to prove a copy, and how: SQL over the target (alias s) and over the source. Stored
// in the ledger, so that a proof needs no second analysis.
//
//   read-back of the target: SELECT xmin, mine, written…, unwritten…, inverse_own… FROM target
//   written digest = the written columns; landed digest = written and unwritten columns;
//   source digest  = for each source column, the expression that rebuilds it, in source order
#pragma once

#include "engine/copy_format/type_shape.h"

#include "absl/status/statusor.h"

#include <string>
#include <vector>

namespace regraft::analysis {

// How a source column is rebuilt from the target.
struct InverseColumn {
  int written = -1;  // index into `written` where the same expression stands; -1: own
  size_t own = 0;    // index into `inverse_own`
};

struct ReadBackPlan {
  std::vector<std::string> written;  // one per written column, in the order sent
  std::vector<copy_format::TypeShape> written_shapes;
  std::vector<std::string> unwritten;  // the target's other columns: defaults, generated
  std::vector<std::string> inverse_own;
  std::vector<InverseColumn> inverse;  // one per source column

  std::vector<std::string> source_columns;  // names, in source order
  std::vector<std::string> source_select;   // SQL over the source (alias s)
  std::vector<std::string> source_text;     // the same, readable
  std::vector<copy_format::TypeShape> source_shapes;
  std::vector<size_t> key;  // indexes of the source's key columns; empty: no key
  std::string where;        // over the source

  std::string provenance;  // over the target: which rows are ours; empty: not told apart

  // SQL that rebuilds source column i from the target.
  [[nodiscard]] const std::string& Inverse(size_t i) const {
    return inverse[i].written >= 0 ? written[static_cast<size_t>(inverse[i].written)]
                                   : inverse_own[inverse[i].own];
  }
};

std::string ReadBackToJson(const ReadBackPlan& plan);
// Errors: DataLoss for a document that is not one of ours.
absl::StatusOr<ReadBackPlan> ReadBackFromJson(const std::string& json);

}  // namespace regraft::analysis
