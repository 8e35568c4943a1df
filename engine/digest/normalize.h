// Rewrites values whose binary form carries OIDs of user-defined types, so that equal values give
// equal bytes in every database.
#pragma once

#include "engine/copy_format/type_shape.h"

#include "absl/status/status.h"

#include <string>
#include <string_view>
#include <vector>

namespace regraft::digest {

// Appends the framed `fields` to `out`, every embedded OID of a user's type replaced by 0. `shapes`
// has one entry per field, in order. Errors: a value that does not have its shape.
absl::Status AppendNormalized(std::string_view fields,
                              const std::vector<copy_format::TypeShape>& shapes, std::string* out);

// False when no shape carries such OIDs: the bytes can be hashed as they are.
bool NeedsNormalizing(const std::vector<copy_format::TypeShape>& shapes);

}  // namespace regraft::digest
