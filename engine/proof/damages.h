// Ways to damage rows, as SQL over a copy of a target.
#pragma once

#include "engine/saved_plan/saved_plan.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace regraft::proof {

enum class DamageKind { kFlip, kSwap, kDrop, kDuplicate, kNullForEmpty, kTrailingZero, kTimeZone };

inline constexpr std::array<DamageKind, 7> kDamageKinds = {
    DamageKind::kFlip,      DamageKind::kSwap,         DamageKind::kDrop,
    DamageKind::kDuplicate, DamageKind::kNullForEmpty, DamageKind::kTrailingZero,
    DamageKind::kTimeZone};

// "one bit of one value flipped".
std::string DamageWords(DamageKind kind);

struct Damage {
  std::string column;  // of the source; empty: whole rows
  std::string sql;     // an UPDATE, DELETE or INSERT that hits no row where nothing allows it
};

// In the order in which they are to be tried: columns outside the key first.
std::vector<Damage> DamagesOf(DamageKind kind, const saved_plan::SavedAction& action,
                              const std::vector<size_t>& key, const std::string& table);

}  // namespace regraft::proof
