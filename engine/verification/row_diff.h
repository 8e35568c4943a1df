// Which rows of two relations differ, in bounded memory: rows are dealt into buckets by the hash of
// their key, whole buckets are compared by digest, and only the rows of differing buckets are read
// again.
#pragma once

#include "engine/copy_format/type_shape.h"
#include "engine/verification/scan.h"

#include "absl/status/statusor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace regraft::verification {

enum class RowDifferenceKind { kOnlyInA, kOnlyInB, kChanged, kCountDiffers };

struct RowDifference {
  RowDifferenceKind kind = RowDifferenceKind::kChanged;
  std::vector<std::optional<std::string>>
      key;                      // text of the key columns; the whole row without a key
  std::vector<size_t> columns;  // kChanged: indexes of the compared columns that differ
  std::vector<std::optional<std::string>>
      value_a;  // kChanged: text of those columns; kCountDiffers: how often
  std::vector<std::optional<std::string>> value_b;
  std::vector<std::string> cause;  // per column: "trailing zeros", "padding", …, "" unknown
  std::string label_a;             // the side's label field as text (say, where the row lies)
  std::string label_b;
};

// One side: the same number of compared columns on both, in the same order. `text` are the
// expressions that give the readable text of each column. `label`: an expression giving text, or
// empty.
struct DiffSide {
  ScanRequest scan;                  // `select` is overwritten by the diff
  std::vector<std::string> columns;  // SQL expressions whose binary images are compared
  std::vector<std::string> text;
  std::vector<copy_format::TypeShape> shapes;
  std::string label;
  // For the causes: each column's built-in type as CauseOf wants it; empty: all unknown.
  std::vector<uint32_t> type_oids = {};
};

struct DiffOptions {
  std::vector<size_t> key;  // indexes of the key columns; empty: rows are compared whole
  int64_t memory_bytes_max = int64_t{256} << 20;
};

struct DiffTotals {
  int64_t rows_a = 0;
  int64_t rows_b = 0;
  int64_t only_in_a = 0;
  int64_t only_in_b = 0;
  int64_t changed = 0;        // rows with equal key and different values
  int64_t count_differs = 0;  // whole rows (or keys) that occur a different number of times
  [[nodiscard]] bool equal() const { return only_in_a + only_in_b + changed + count_differs == 0; }
};

// Calls `report` once per difference, in no stated order, from one thread. False from it stops
// reporting, not counting.
absl::StatusOr<DiffTotals> DiffRows(const DiffSide& a, const DiffSide& b,
                                    const DiffOptions& options,
                                    const std::function<bool(const RowDifference&)>& report);

}  // namespace regraft::verification
