// The digest of a whole scan, normalised: rows as a multiset.
#pragma once

#include "engine/copy_format/type_shape.h"
#include "engine/digest/digest.h"
#include "engine/verification/scan.h"

#include "absl/status/statusor.h"

#include <vector>

namespace regraft::verification {

// `shapes`: one per select entry.
absl::StatusOr<digest::SetDigest> DigestRows(const ScanRequest& request,
                                             const std::vector<copy_format::TypeShape>& shapes);

// Of all columns of a table, as `regraft digest` gives it. Of `request`, leaves and select are set
// here.
absl::StatusOr<digest::SetDigest> DigestTable(const catalog::Table& table, ScanRequest request);

}  // namespace regraft::verification
