#include "engine/analysis/zones.h"

#include "engine/analysis/sql.h"
#include "engine/analysis/type_pair.h"

#include "absl/strings/str_cat.h"

#include <algorithm>

namespace regraft::analysis {
namespace {

constexpr uint32_t kTimestamp = 1114, kTimestamptz = 1184;  // pg_type.h

}  // namespace

const std::string* ZoneOf(const plan::Mapping& mapping, const std::string& column) {
  for (const plan::ZonedColumn& zoned : mapping.zones)
    if (zoned.column == column) return &zoned.zone;
  return nullptr;
}

std::string CastBetween(const plan::Mapping& mapping, const Home& home, const std::string& value,
                        const std::string& type) {
  const std::string* zone = ZoneOf(mapping, home.source->name);
  return zone == nullptr
             ? absl::StrCat("(", value, ")::", type)
             : absl::StrCat("((", value, ") AT TIME ZONE ", Literal(*zone), ")::", type);
}

std::string LostBetween(const plan::Mapping& mapping, const Home& home, const std::string& source) {
  if (ZoneOf(mapping, home.source->name) == nullptr)
    return LossCondition(source, *home.source, *home.target);
  const std::string there = CastBetween(mapping, home, source, home.target->type_sql);
  return absl::StrCat("num_nulls(", source, ") = 0 AND ",
                      CastBetween(mapping, home, there, home.source->type_sql), " <> ", source);
}

std::vector<std::string> UnfitZones(const plan::Mapping& mapping, const Homes& homes) {
  std::vector<std::string> refusals;
  for (const plan::ZonedColumn& zoned : mapping.zones) {
    const bool fits = std::any_of(homes.typed.begin(), homes.typed.end(), [&](const Home& home) {
      return home.source->name == zoned.column && home.source->type.base_oid == kTimestamp &&
             home.target->type.base_oid == kTimestamptz;
    });
    if (!fits)
      refusals.push_back(absl::StrCat(
          plan::MappingKey(mapping.wording, "zones", zoned.column),
          ": only a timestamp without time zone whose home is one with time zone needs a zone"));
  }
  return refusals;
}

std::vector<std::string> ZoneNotes(const plan::Mapping& mapping, const Homes& homes) {
  std::vector<std::string> notes;
  for (const Home& home : homes.typed) {
    if (ZoneOf(mapping, home.source->name) != nullptr) continue;
    // The session's time zone is UTC, whatever the role's or the client's is.
    const uint32_t from = home.source->type.base_oid, to = home.target->type.base_oid;
    if (from == kTimestamp && to == kTimestamptz)
      notes.push_back(
          absl::StrCat("column \"", home.source->name, "\": its timestamps are read as UTC"));
    if (from == kTimestamptz && to == kTimestamp)
      notes.push_back(
          absl::StrCat("column \"", home.source->name, "\": its times are written as UTC"));
  }
  return notes;
}

}  // namespace regraft::analysis
