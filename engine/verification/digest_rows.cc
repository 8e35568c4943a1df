#include "engine/verification/digest_rows.h"

#include "engine/analysis/column_reading.h"
#include "engine/base/status_macros.h"
#include "engine/digest/normalize.h"

#include <string>

namespace regraft::verification {
namespace {

// What one lane adds up, on a cache line of its own.
struct alignas(64) Lane {
  digest::SetDigest sum;
  std::string normalized;
};

}  // namespace

absl::StatusOr<digest::SetDigest> DigestRows(const ScanRequest& request,
                                             const std::vector<copy_format::TypeShape>& shapes) {
  const bool normalizes = digest::NeedsNormalizing(shapes);
  std::vector<Lane> lanes(static_cast<size_t>(request.jobs));
  RETURN_IF_ERROR(Scan(request, [&](int number, size_t /*chunk*/, std::string_view fields) {
    Lane& lane = lanes[static_cast<size_t>(number)];
    if (normalizes) {
      lane.normalized.clear();
      RETURN_IF_ERROR(digest::AppendNormalized(fields, shapes, &lane.normalized));
      fields = lane.normalized;
    }
    lane.sum.Add(fields);
    return absl::OkStatus();
  }));
  digest::SetDigest sum;
  for (const Lane& lane : lanes) sum += lane.sum;
  return sum;
}

absl::StatusOr<digest::SetDigest> DigestTable(const catalog::Table& table, ScanRequest request) {
  std::vector<copy_format::TypeShape> shapes;
  request.leaves = table.leaves;
  for (const catalog::Column& column : table.columns) {
    ASSIGN_OR_RETURN(const analysis::ColumnReading reading,
                     analysis::ReadColumn(column, /*portable=*/true));
    request.select.push_back(reading.expression);
    shapes.push_back(reading.shape);
  }
  return DigestRows(request, shapes);
}

}  // namespace regraft::verification
