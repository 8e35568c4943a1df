#include "engine/analysis/narrowing.h"

#include <algorithm>
#include <array>
#include <utility>

namespace regraft::analysis {
namespace {

// pg_type.h
constexpr uint32_t kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700, kFloat8 = 701,
                   kVarchar = 1043, kTimestamp = 1114, kTimestamptz = 1184, kNumeric = 1700;

constexpr std::array<std::pair<uint32_t, uint32_t>, 11> kWidens = {{{kInt2, kInt4},
                                                                    {kInt2, kInt8},
                                                                    {kInt4, kInt8},
                                                                    {kInt2, kNumeric},
                                                                    {kInt4, kNumeric},
                                                                    {kInt8, kNumeric},
                                                                    {kFloat4, kFloat8},
                                                                    {kVarchar, kText},
                                                                    {kText, kVarchar},
                                                                    {kTimestamp, kTimestamptz},
                                                                    {kTimestamptz, kTimestamp}}};

int32_t TypmodOf(const catalog::Column& column) {
  return column.type.is_domain ? column.type.base_typmod : column.typmod;
}

}  // namespace

bool Narrows(const catalog::Column& source, const catalog::Column& target) {
  const uint32_t from = source.type.base_oid, to = target.type.base_oid;
  const int32_t from_typmod = TypmodOf(source), to_typmod = TypmodOf(target);
  if (target.type.is_domain) return !source.type.is_domain || source.type.oid != target.type.oid;
  if (to == kText && to_typmod < 0) return false;
  const bool widens = from == to || std::find(kWidens.begin(), kWidens.end(),
                                              std::make_pair(from, to)) != kWidens.end();
  if (!widens) return true;
  if (to_typmod < 0 || from_typmod == to_typmod) return false;
  // A length compares as a number; precision and scale do not.
  return to != kVarchar || from != kVarchar || from_typmod < 0 || from_typmod > to_typmod;
}

}  // namespace regraft::analysis
