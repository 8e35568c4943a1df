// Casts between a source column and its home, by the time zone that the plan states where it states
// one. Pure; SQL text.
#pragma once

#include "engine/analysis/homes.h"
#include "engine/plan/mapping.h"

#include <string>
#include <vector>

namespace regraft::analysis {

// Null where the plan states none for this source column.
const std::string* ZoneOf(const plan::Mapping& mapping, const std::string& column);

// `value`, of one of the home's two types, as the other: `type`.
std::string CastBetween(const plan::Mapping& mapping, const Home& home, const std::string& value,
                        const std::string& type);

// SQL over `source` that is true where its way to the home and back changes it: a narrower type, or
// a local time that a clock change skips or repeats.
std::string LostBetween(const plan::Mapping& mapping, const Home& home, const std::string& source);

// Zones stated for columns that need none, each a sentence.
std::vector<std::string> UnfitZones(const plan::Mapping& mapping, const Homes& homes);

// What is assumed of timestamps whose zone the plan does not state.
std::vector<std::string> ZoneNotes(const plan::Mapping& mapping, const Homes& homes);

}  // namespace regraft::analysis
