// How a value gets from one column type to another without losing anything. A pure function.
#pragma once

#include "engine/catalog/column.h"

#include <string>

namespace regraft::analysis {

enum class Transport {
  kAsIs,     // the same bytes are valid for the target, and mean the same
  kCast,     // by a cast in SQL; whether it loses something depends on the values
  kRefused,  // no way
};

struct TypePair {
  Transport transport = Transport::kRefused;
  // kAsIs into a domain or another enum: the bytes fit, but it must be tried whether it takes the
  // values.
  bool check_values = false;
  std::string reason;  // kRefused: why
};

TypePair PairTypes(const catalog::Column& source, const catalog::Column& target,
                   bool same_database);

// SQL, over an expression of the source's type, that is true where a cast to the target's type and
// back gives another binary image, or where an enum has no such label. Where PostgreSQL would raise
// an error for integer and numeric overflow, the range is tested first, so that the condition
// answers true instead.
std::string LossCondition(const std::string& expression, const catalog::Column& source,
                          const catalog::Column& target);

}  // namespace regraft::analysis
